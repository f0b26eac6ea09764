using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Reliability;

/// <summary>The short form of <c>Road.Reliability fuzz</c>.</summary>
[TestClass]
public sealed class DamagedFileTests
{
    [TestMethod]
    [DataRow("model")]
    [DataRow("checkpoint")]
    [DataRow("safetensors")]
    [DataRow("pth")]
    [DataRow("onnx")]
    [DataRow("image")]
    [DataRow("label-png")]
    [DataRow("classes")]
    [DataRow("experiment")]
    public void DamagedFilesAreRefusedWithTheirNameOrDoNoHarm(string kind)
    {
        (int exitCode, string output, string errors) =
            Programs.Run(Programs.Sibling("Road.Reliability"), "fuzz", "--kind", kind, "--count", "300");

        Assert.AreEqual(0, exitCode, output + errors);
        StringAssert.Matches(output, new($@"{kind}\s+300\s+\d+\s+\d+\s+0\s"));
    }
}
