namespace Road.Torch.Tests;

/// <summary>Compares sequences with values written out in the test.</summary>
internal static class Sequence
{
    public static void AreEqual<T>(IEnumerable<T> actual, params T[] expected) =>
        CollectionAssert.AreEqual(expected, actual.ToArray());
}
