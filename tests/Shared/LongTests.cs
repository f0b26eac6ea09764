namespace Road.Tests;

/// <summary>Tests that take minutes, which run where <c>ROAD_LONG_TESTS</c> is 1.</summary>
internal static class LongTests
{
    /// <summary>Whether they are to run.</summary>
    public static bool AreWanted => Environment.GetEnvironmentVariable("ROAD_LONG_TESTS") == "1";

    /// <summary>Ends a test as inconclusive where they are not to run.</summary>
    /// <param name="reason">Why the test takes long, as a sentence without its end.</param>
    public static void Require(string reason)
    {
        if (!AreWanted)
        {
            Assert.Inconclusive($"{reason}: set ROAD_LONG_TESTS to 1.");
        }
    }
}
