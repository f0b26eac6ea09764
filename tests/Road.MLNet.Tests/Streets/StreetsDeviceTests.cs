using Streets;

namespace Road.MLNet.Tests.Streets;

/// <summary>What the command line computes on.</summary>
[TestClass]
public sealed class StreetsDeviceTests
{
    [TestMethod]
    [DataRow("cpu", null)]
    [DataRow("cuda", 0)]
    [DataRow("cuda:3", 3)]
    public void TheDeviceThatIsAskedForReachesTheContext(string text, int? expected)
    {
        StreetsDevice? asked = StreetsDevice.Read(text, out string error);
        Assert.IsEmpty(error);
        StreetsDevice device = StreetsDevice.Choose(asked, 4);
        Assert.AreEqual(expected, StreetsContext.Create(device).GpuDeviceId);
    }

    [TestMethod]
    public void WithoutOneItIsTheFirstGpuWhereThereIsOne()
    {
        Assert.AreEqual(0, StreetsDevice.Choose(null, 2).GpuDeviceId);
        Assert.IsNull(StreetsDevice.Choose(null, 0).GpuDeviceId);
    }

    [TestMethod]
    public void AGpuThatIsNotThereIsNamed()
    {
        StringAssert.Contains(
            Assert.ThrowsExactly<UsageException>(() => StreetsDevice.Choose(new StreetsDevice(2), 2)).Message,
            "--device is cuda:2: there are 2 GPUs, cuda:0 to cuda:1.");

        // More than any machine has; the commands ask before they read anything.
        foreach (string command in (string[])[
            "export --model m --onnx o", "predict --model m --images . --out o",
            "evaluate --model m --images i --labels l --classes c",
            "train --source-preset gta5 --source s --target-images t --model m"])
        {
            StreetsProgram.Fail(2, [.. command.Split(' '), "--device", "cuda:99"], "error: --device is cuda:99: ");
        }
    }

    [TestMethod]
    public void MessagesNameOptionsAsTheyAreTyped()
    {
        Assert.AreEqual(
            "Set --backbone-weights, or --distillation-weight to 0: '/CropSize/Iterations' of CropSize.json is --crop 3.",
            OptionNames.InWords(
                "Set BackboneWeights, or DistillationWeight to 0: '/CropSize/Iterations' of CropSize.json is CropSize 3."));
    }

    [TestMethod]
    public void APaceIsToldInTheUnitThatSuitsIt()
    {
        Pace fast = new(30, 90, TimeSpan.FromSeconds(10));
        Assert.AreEqual("30 of 90, 3.0 a second, 0:20 left", fast.Describe() + fast.DescribeRest());
        Pace slow = new(2, 3000, TimeSpan.FromSeconds(5));
        Assert.AreEqual("2 of 3000, 2.5 seconds each, 2:04:55 left", slow.Describe() + slow.DescribeRest());
        Pace unknown = new(4, null, TimeSpan.FromSeconds(1));
        Assert.AreEqual("4, 4.0 a second", unknown.Describe() + unknown.DescribeRest());
    }
}
