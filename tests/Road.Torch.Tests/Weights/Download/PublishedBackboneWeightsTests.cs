using System.Security.Cryptography;
using Road.Torch.Networks;
using Road.Torch.Weights;
using Road.Torch.Weights.Download;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights.Download;

/// <summary><see cref="BackboneWeights"/> of published files, from the server into the backbone.</summary>
[TestClass]
public sealed class PublishedBackboneWeightsTests
{
    [TestMethod]
    public void ImageNetHasNoPathButAName()
    {
        Assert.IsNull(BackboneWeights.ImageNet.Path);
        Assert.AreEqual("ImageNet", BackboneWeights.ImageNet.ToString());
        Assert.ThrowsExactly<ArgumentNullException>(() => BackboneWeights.ImageNetWith(null!));
    }

    [TestMethod]
    [DataRow("vgg16", "vgg16-397923af.pth")]
    [DataRow("resnet18", "resnet18-f37072fd.pth")]
    [DataRow("resnet50", "resnet50-0676ba61.pth")]
    [DataRow("resnet101", "resnet101-63fe2227.pth")]
    [DataRow("squeezenet1_1", "squeezenet1_1-b8a52dc0.pth")]
    public void EachBackboneHasTorchvisionsFile(string backbone, string file)
    {
        using TemporaryFolder folder = new();
        WeightsDownloadOptions options =
            new() { Folder = folder.Path, BaseAddress = new Uri("https://download.pytorch.org/models/"), Offline = true };
        WeightsDownloadException error = Assert.ThrowsExactly<WeightsDownloadException>(
            () => PublishedWeights.ImageNet(options).Fetch(backbone, null, CancellationToken.None));
        Assert.AreEqual(new Uri("https://download.pytorch.org/models/" + file), error.Address);
        Assert.AreEqual(folder[file], error.FilePath);
        StringAssert.Contains(error.Message, $"fetch https://download.pytorch.org/models/{file} and save it as '{folder[file]}'.");
    }

    [TestMethod]
    public void EveryBackboneOfTheAssemblyHasPublishedWeights()
    {
        using TemporaryFolder folder = new();
        WeightsDownloadOptions options = new() { Folder = folder.Path, Offline = true };
        foreach (string name in Backbones.Names)
        {
            Assert.ThrowsExactly<WeightsDownloadException>(
                () => PublishedWeights.ImageNet(options).Fetch(name, null, CancellationToken.None));
        }
    }

    [TestMethod]
    public void ABackboneWithoutPublishedWeightsIsNamed()
    {
        using SmallBackbone backbone = new();
        string message = Assert.ThrowsExactly<NotSupportedException>(() => BackboneWeights.ImageNet.LoadInto(backbone, out _)).Message;
        StringAssert.Contains(
            message, "no published ImageNet weights of the backbone 'small', only of resnet101, resnet18, resnet50, squeezenet1_1, vgg16");
    }

    [TestMethod]
    public void PublishedWeightsFillTheBackbone()
    {
        using DisposeScope scope = NewDisposeScope();
        using TemporaryFolder folder = new();
        using SmallBackbone backbone = new();
        Dictionary<string, Tensor> tensors = SmallBackbone.FittingTensors();
        tensors["fc.weight"] = zeros(3);
        SafetensorsWriter.Write(folder["published"], tensors);
        byte[] content = File.ReadAllBytes(folder["published"]);
        PublishedFile file = new("small.safetensors", Convert.ToHexStringLower(SHA256.HashData(content)));
        using FaultyServer server = new(request => ServedAnswer.File(request, content));
        WeightsDownloadOptions options = new() { Folder = folder["cache"], BaseAddress = server.Address, Offline = false };
        BackboneWeights weights = new(new PublishedWeights("Small", new Dictionary<string, PublishedFile> { ["small"] = file }, options));
        Recorder recorder = new();

        WeightsReport report = weights.LoadInto(backbone, out InputNormalization normalization, recorder);

        Assert.IsTrue(report.IsComplete);
        Sequence.AreEqual(report.Skipped, "fc.weight");
        Assert.AreSame(InputNormalization.ImageNet, normalization);
        Assert.AreEqual(6f, backbone.state_dict()["norm.running_var"][0].item<float>());
        Assert.AreEqual(WeightsDownloadPhase.Completed, recorder.Last?.Phase);

        weights.LoadInto(backbone, out _);
        Assert.HasCount(1, server.Requests);
    }

    [TestMethod]
    public void ADownloadCanBeCancelled()
    {
        using TemporaryFolder folder = new();
        using Vgg16 backbone = new();
        BackboneWeights weights = BackboneWeights.ImageNetWith(new WeightsDownloadOptions { Folder = folder.Path });
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => weights.LoadInto(backbone, out _, null, source.Token));
    }

    private sealed class Recorder : IProgress<WeightsDownloadProgress>
    {
        public WeightsDownloadProgress? Last { get; private set; }

        public void Report(WeightsDownloadProgress value) => Last = value;
    }
}
