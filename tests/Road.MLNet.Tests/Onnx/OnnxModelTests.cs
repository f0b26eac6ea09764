using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.MLNet.Scoring;
using Road.MLNet.Tests.Processes;
using Road.MLNet.Tests.Scoring;
using Road.MLNet.Tests.Streets;
using Road.Torch;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Scoring;
using Road.Torch.Weights;

namespace Road.MLNet.Tests.Onnx;

/// <summary>Models of ML.NET as ONNX files.</summary>
[TestClass]
public sealed class OnnxModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(192, 128, 96, 64, ImageFit.Stretch)]
    [DataRow(194, 131, 96, 64, ImageFit.Stretch)]
    [DataRow(150, 110, 96, 64, ImageFit.Stretch)]
    [DataRow(400, 301, 96, 64, ImageFit.Stretch)]
    [DataRow(300, 70, 96, 64, ImageFit.Stretch)]
    [DataRow(60, 50, 96, 64, ImageFit.Stretch)]
    [DataRow(96, 64, 96, 64, ImageFit.Stretch)]
    [DataRow(1, 33, 32, 32, ImageFit.Stretch)]
    [DataRow(192, 128, 96, 64, ImageFit.KeepAspectRatio)]
    [DataRow(131, 194, 96, 64, ImageFit.KeepAspectRatio)]
    [DataRow(301, 400, 96, 64, ImageFit.KeepAspectRatio)]
    [DataRow(300, 70, 96, 64, ImageFit.KeepAspectRatio)]
    [DataRow(50, 61, 96, 64, ImageFit.KeepAspectRatio)]
    public void AModelThatScalesItsImagesGivesMasksOfTheirOwnSize(int width, int height, int networkWidth, int networkHeight, ImageFit fit)
    {
        MLContext ml = new();
        using RoadTransformer transformer = CreateTransformer(ml, new ImageSize(networkWidth, networkHeight), fit);
        using MLImage image = CreateImage(width, height);
        transformer.SaveAsOnnx(_folder.Combine("model.onnx"));
        using OnnxSession session = new(_folder.Combine("model.onnx"));

        byte[] mask = session.Run(ImagePixels.Decode(image, null));

        byte[] keys = RoadTransformerTests.Score(ml, transformer, [new ScoringFixture.Row { Image = image }])[0];
        Assert.IsGreaterThan(1, keys.Distinct().Count());
        OnnxFixture.AssertAgree([.. keys.Select(static key => (byte)(key - 1))], mask, TestContext);
        Assert.AreEqual($"{networkWidth} x {networkHeight}", session.Metadata.CustomMetadataMap["network.size"]);
        Assert.AreEqual(fit == ImageFit.Stretch ? "stretch" : "keep-aspect-ratio", session.Metadata.CustomMetadataMap["network.fit"]);
    }

    [TestMethod]
    public void ATransformerThatScoresInBFloat16IsExportedInFloat32()
    {
        using RoadTransformer transformer = CreateTransformer(new MLContext(), null);
        transformer.SaveAsOnnx(_folder.Combine("float32.onnx"));
        transformer.Scoring = new ScoringOptions { Precision = Precision.BFloat16 };
        transformer.SaveAsOnnx(_folder.Combine("bfloat16.onnx"));
        CollectionAssert.AreEqual(File.ReadAllBytes(_folder.Combine("float32.onnx")), File.ReadAllBytes(_folder.Combine("bfloat16.onnx")));
    }

    [TestMethod]
    public void AProcessWithoutTorchSharpRunsAModelThatStreetsExported()
    {
        MLContext ml = new();
        string picture = _folder.Combine("picture.png");
        using MLImage image = CreateImage(401, 299);
        image.Save(picture);
        using RoadTransformer transformer = CreateTransformer(ml, null);
        IDataView rows = ml.Data.LoadFromEnumerable([new PathRow { Path = picture }]);
        TransformerChain<ITransformer> chain = new(ml.Transforms.LoadImages("Image", null, "Path").Fit(rows), transformer);
        ml.Model.Save(chain, rows.Schema, _folder.Combine("model.zip"));
        byte[] keys = [.. chain.Transform(rows).GetColumn<VBuffer<byte>>("PredictedLabel").Single().DenseValues()];
        string scorer = Programs.Sibling("Road.MLNet.Tests.OnnxScorer");

        (int exported, _, _) = StreetsProgram.Run(
            "export", "--model", _folder.Combine("model.zip"), "--onnx", _folder.Combine("new", "model.onnx"));
        (int scored, _, string errors) = Programs.Run(scorer, _folder.Combine("new", "model.onnx"), picture, _folder.Combine("mask"));

        Assert.AreEqual(0, exported);
        Assert.AreEqual(0, scored, errors);
        Assert.IsEmpty(Directory.GetFiles(Path.GetDirectoryName(scorer)!, "*orch*", SearchOption.AllDirectories));
        Assert.IsEmpty(Directory.GetFiles(Path.GetDirectoryName(scorer)!, "Road.Torch.dll", SearchOption.AllDirectories));
        OnnxFixture.AssertAgree([.. keys.Select(static key => (byte)(key - 1))], File.ReadAllBytes(_folder.Combine("mask")), TestContext);

        // A file for one size: ML.NET needs nothing but its name.
        (exported, _, _) = StreetsProgram.Run(
            "export", "--model", _folder.Combine("model.zip"), "--onnx", _folder.Combine("fixed.onnx"), "--size", "401x299");
        (scored, _, errors) = Programs.Run(scorer, _folder.Combine("fixed.onnx"), picture, _folder.Combine("fixed"), "fixed");

        Assert.AreEqual(0, exported);
        Assert.AreEqual(0, scored, errors);
        CollectionAssert.AreEqual(File.ReadAllBytes(_folder.Combine("mask")), File.ReadAllBytes(_folder.Combine("fixed")));
    }

    [TestMethod]
    public void StreetsSaysInOneLineWhyItCannotExport()
    {
        string missing = _folder.Combine("missing.zip");

        (int code, _, string errors) = StreetsProgram.Run("export", "--model", missing, "--onnx", _folder.Combine("model.onnx"));

        Assert.AreEqual(1, code);
        Assert.AreEqual($"error: There is no model file '{missing}'.", errors.Trim());
        Assert.IsFalse(File.Exists(_folder.Combine("model.onnx")));
    }

    [TestMethod]
    public void TheModelInAChainIsFound()
    {
        MLContext ml = new();
        using RoadTransformer transformer = CreateTransformer(ml, null);
        TransformerChain<ITransformer> chain = new(new TransformerChain<ITransformer>(transformer));

        ml.Model.SaveAsOnnx(chain, _folder.Combine("model.onnx"));

        using OnnxSession session = new(_folder.Combine("model.onnx"));
        StringAssert.Contains(session.Metadata.CustomMetadataMap["classes"], "class 5");
    }

    [TestMethod]
    public void AModelWithoutANetworkIsRefused()
    {
        MLContext ml = new();

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(
            () => ml.Model.SaveAsOnnx(new TransformerChain<ITransformer>(), _folder.Combine("model.onnx")));

        StringAssert.StartsWith(error.Message, "The model must have one RoadTransformer in it, and it has 0.");
    }

    [TestMethod]
    public void ANetworkThatDoesNotDescribeItselfIsRefusedByName()
    {
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(new MLContext());

        NotSupportedException error = Assert.ThrowsExactly<NotSupportedException>(
            () => transformer.SaveAsOnnx(_folder.Combine("model.onnx")));

        Assert.AreEqual(
            "The backbone 'tiny' (TinyBackbone) cannot be exported to ONNX: it does not override ExportFeatures.", error.Message);
        Assert.IsEmpty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [TestMethod]
    public void AFileThatCannotBeWrittenIsNamedAndLeavesNothing()
    {
        using RoadTransformer transformer = CreateTransformer(new MLContext(), null);
        string nowhere = _folder.Combine("nowhere", "model.onnx");
        string occupied = _folder.CreateFolder("occupied.onnx");

        StringAssert.Contains(Assert.ThrowsExactly<DirectoryNotFoundException>(() => transformer.SaveAsOnnx(nowhere)).Message, nowhere);
        StringAssert.Contains(Assert.ThrowsExactly<IOException>(() => transformer.SaveAsOnnx(occupied)).Message, occupied);
        CollectionAssert.AreEqual(new[] { occupied }, Directory.GetFileSystemEntries(_folder.Path));
    }

    [TestMethod]
    public void ADisposedModelIsNotWritten()
    {
        RoadTransformer transformer = CreateTransformer(new MLContext(), null);
        transformer.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => transformer.SaveAsOnnx(_folder.Combine("model.onnx")));
    }

    private static RoadTransformer CreateTransformer(MLContext ml, ImageSize? networkSize, ImageFit fit = ImageFit.KeepAspectRatio)
    {
        DeepLabV2Factory factory = new() { BackboneName = "squeezenet1_1" };
        return new RoadTransformer(ml, new RoadModel(
            factory,
            OnnxFixture.CreateNetwork(factory),
            [.. Enumerable.Range(0, OnnxFixture.Classes).Select(i => $"class {i}")],
            [.. Enumerable.Range(0, 3 * OnnxFixture.Classes).Select(i => (byte)(10 * i))],
            InputNormalization.ImageNet,
            networkSize,
            new RoadColumns("Image", "PredictedLabel", "PredictedMask", null),
            fit: fit));
    }

    private static MLImage CreateImage(int width, int height)
    {
        DecodedSample image = OnnxFixture.CreateImage(4, width, height);
        byte[] pixels = new byte[4 * width * height];
        for (int i = 0; i < width * height; i++)
        {
            (pixels[(4 * i) + 2], pixels[(4 * i) + 1], pixels[4 * i], pixels[(4 * i) + 3]) =
                (image.Pixels[3 * i], image.Pixels[(3 * i) + 1], image.Pixels[(3 * i) + 2], 255);
        }

        return MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, pixels);
    }

    private sealed class PathRow
    {
        public string Path { get; set; } = string.Empty;
    }
}
