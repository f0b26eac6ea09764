using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Reliability;

/// <summary>The short form of <c>Road.Reliability kills</c>.</summary>
[TestClass]
public sealed class EndedProcessTests
{
    [TestMethod]
    public void ProcessesThatAreKilledLoseNothing()
    {
        // Three trainings, an export and a prediction.
        (int exitCode, string output, string errors) = Programs.Run(Programs.Sibling("Road.Reliability"), "kills", "--count", "5");

        Assert.AreEqual(0, exitCode, output + errors);
        StringAssert.Contains(output, "5 of 5 lost nothing");
    }
}
