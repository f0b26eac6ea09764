using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights;

[TestClass]
public sealed class WeightsLoaderTests
{
    [TestMethod]
    public void FittingFileFillsParametersAndBuffersByName()
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone module = new();
        Dictionary<string, Tensor> tensors = SmallBackbone.FittingTensors();
        tensors["conv.weight"] = tensors["conv.weight"].to(ScalarType.Float16);
        using SafetensorsFile file = ToFile(tensors);

        WeightsReport report = WeightsLoader.Load(module, file);

        Assert.IsTrue(report.IsComplete);
        Assert.HasCount(7, report.Loaded);
        Dictionary<string, Tensor> state = module.state_dict();
        Assert.HasCount(7, state);
        foreach ((string name, Tensor expected) in SmallBackbone.FittingTensors())
        {
            Assert.IsTrue(state[name].eq(expected).all().item<bool>(), name);
            Assert.AreEqual(expected.dtype, state[name].dtype, name);
        }

        Assert.IsTrue(module.parameters().All(parameter => parameter.requires_grad && parameter.is_leaf));
    }

    [TestMethod]
    public void StrictLoadOfAnotherNetworkNamesWhatDiffersAndChangesNothing()
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone module = new();
        Dictionary<string, Tensor> before = module.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.clone());
        Dictionary<string, Tensor> tensors = SmallBackbone.FittingTensors();
        tensors.Remove("norm.running_var");
        tensors["conv.bias"] = zeros(9);
        tensors["stem.weight"] = zeros(1);
        using SafetensorsFile file = ToFile(tensors);

        WeightsMismatchException exception = Assert.ThrowsExactly<WeightsMismatchException>(() => WeightsLoader.Load(module, file));

        Sequence.AreEqual(exception.Report.Missing, "norm.running_var");
        Sequence.AreEqual(exception.Report.Unexpected, "stem.weight");
        WeightsShapeMismatch mismatch = exception.Report.WrongShape.Single();
        Sequence.AreEqual(mismatch.FileShape, 9);
        Sequence.AreEqual(mismatch.ModuleShape, 2);
        foreach (string part in new[] { "other.safetensors", "'small'", "1 missing: norm.running_var", "1 unexpected: stem.weight",
            "conv.bias ([9]", "[2]" })
        {
            StringAssert.Contains(exception.Message, part);
        }

        foreach ((string name, Tensor value) in module.state_dict())
        {
            Assert.IsTrue(value.eq(before[name]).all().item<bool>(), name);
        }
    }

    [TestMethod]
    public void LenientLoadCopiesWhatFits()
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone module = new();
        Dictionary<string, Tensor> tensors = SmallBackbone.FittingTensors();
        tensors["conv.weight"] = zeros(1);
        tensors.Remove("norm.weight");
        using SafetensorsFile file = ToFile(tensors);

        WeightsReport report = WeightsLoader.Load(module, file, strict: false);

        Assert.IsFalse(report.IsComplete);
        Sequence.AreEqual(module.state_dict()["conv.bias"].data<float>(), 2f, 2f);
        Sequence.AreEqual(module.state_dict()["norm.weight"].data<float>(), 1f, 1f);
    }

    [TestMethod]
    public void StepCountersMayBeMissingOrTooMany()
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone module = new();
        Dictionary<string, Tensor> tensors = SmallBackbone.FittingTensors();
        tensors.Remove("norm.num_batches_tracked");
        tensors["old.num_batches_tracked"] = tensor(1L);
        using SafetensorsFile file = ToFile(tensors);

        WeightsReport report = WeightsLoader.Load(module, file);

        Assert.IsTrue(report.IsComplete);
        Sequence.AreEqual(report.Skipped, "old.num_batches_tracked");
    }

    [TestMethod]
    public void UnusedClassifierIsSkippedOnlyWhereItIsNamed()
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone module = new();
        Dictionary<string, Tensor> tensors = SmallBackbone.FittingTensors();
        tensors["fc.weight"] = zeros(1);
        using SafetensorsFile file = ToFile(tensors);

        Assert.ThrowsExactly<WeightsMismatchException>(() => WeightsLoader.Load(module, file));
        Sequence.AreEqual(WeightsLoader.Load(module, file, skippedPrefixes: ["fc."]).Skipped, "fc.weight");
    }

    [TestMethod]
    public void PrefixSelectsAPartOfTheFile()
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone module = new();
        Dictionary<string, Tensor> tensors = SmallBackbone.FittingTensors().ToDictionary(
            pair => "backbone." + pair.Key, pair => pair.Value);
        tensors["head.weight"] = zeros(1);
        using SafetensorsFile file = ToFile(tensors);

        WeightsReport report = WeightsLoader.Load(module, file, prefix: "backbone.");

        Assert.IsTrue(report.IsComplete);
        Sequence.AreEqual(report.Skipped, "head.weight");
        Sequence.AreEqual(module.state_dict()["norm.bias"].data<float>(), 4f, 4f);
        Assert.HasCount(
            6, Assert.ThrowsExactly<WeightsMismatchException>(() => WeightsLoader.Load(module, file, prefix: "back")).Report.Missing);
    }

    [TestMethod]
    public void ModuleOnTheMetaDeviceIsCheckedToo()
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone module = new();
        module.to(META);
        using SafetensorsFile file = ToFile(SmallBackbone.FittingTensors());
        Assert.IsTrue(WeightsLoader.Load(module, file).IsComplete);
    }

    [TestMethod]
    public void LongListsAreCutInTheReport()
    {
        using DisposeScope scope = NewDisposeScope();
        using SmallBackbone module = new();
        using SafetensorsFile file = ToFile(Enumerable.Range(0, 40).ToDictionary(index => $"x{index}", _ => zeros(1)));
        string text = WeightsLoader.Load(module, file, strict: false).ToString();
        StringAssert.StartsWith(text, "0 loaded; 6 missing: conv.weight,");
        StringAssert.EndsWith(text, "40 unexpected: x0, x1, x2, x3, x4, ...");
    }

    private static SafetensorsFile ToFile(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using MemoryStream stream = new();
        SafetensorsWriter.Write(stream, tensors);
        stream.Position = 0;
        return SafetensorsFile.Read(stream, "other.safetensors");
    }
}
