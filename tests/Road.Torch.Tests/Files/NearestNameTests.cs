using Road.Files;

namespace Road.Torch.Tests.Files;

[TestClass]
public sealed class NearestNameTests
{
    private static readonly string[] Known = ["name", "color", "ids", "maskColors", "channel"];

    [TestMethod]
    [DataRow("colour", "color")]
    [DataRow("Color", "color")]
    [DataRow("mask_colours", "maskColors")]
    [DataRow("chanel", "channel")]
    [DataRow("nmae", "name")]
    [DataRow("id", "ids")]
    [DataRow("ignore", null)]
    [DataRow("", null)]
    [DataRow("x", null)]
    public void TheNameThatWasMeantIsFoundAndNoOtherIsGuessed(string written, string? expected) =>
        Assert.AreEqual(expected, NearestName.Find(written, Known));
}
