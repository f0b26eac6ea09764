using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Interop;
using Road.MLNet.Tests.Scoring;
using Road.MLNet.Tests.Training;
using Road.Torch.Data;

namespace Road.MLNet.Tests.Data;

/// <summary>Whatever stands under an image's name, training and scoring end at once with row, file and cause, or leave it out.</summary>
[TestClass]
public sealed class BoundedImageTests
{
    private const string Page = "\r\n<!DOCTYPE html>\n<html><body>404 Not Found</body></html>";

    public static IEnumerable<object[]> Files =>
    [
        [
            "bomb", (Action<string>)(path => File.WriteAllBytes(path, ImageBomb.Png())),
            "its size of 60000 x 60000 is 3600000000 pixels, more than the limit of 268435456"],
        [
            "JPEG bomb", (Action<string>)(path => File.WriteAllBytes(path, ImageBomb.Jpeg(Jpeg()))),
            "its size of 65500 x 65500 is 4290250000 pixels, more than the limit of 268435456"],
        ["page", (Action<string>)(path => File.WriteAllText(path, Page)), "it is no image but text, which begins with '<!DOCTYPE html>"],
        [
            "noise", (Action<string>)(path => File.WriteAllBytes(path, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0])),
            "it is no image that can be decoded; it begins with the bytes 0908070605040302"],
        ["nothing", (Action<string>)(path => File.WriteAllBytes(path, [])), "it is empty"],
        [
            "a pointer of Git LFS", (Action<string>)(path => File.WriteAllText(path, "version https://git-lfs.github.com/spec/v1\n")),
            "it is a pointer of Git LFS and not the file itself, which 'git lfs pull' fetches",
        ],
        .. SpecialFiles.Kinds.Select(
            kind => new object[] { kind[0], (Action<string>)(path => SpecialFiles.Make((string)kind[0], path)), kind[1] }),
    ];

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void TrainingNamesRowFileAndCause(string kind, Action<string> make, string cause)
    {
        using var folders = new TrainingFolders();
        var ml = new MLContext(1);
        IDataView source = folders.Source(ml);
        Replace(folders.SourceImage(2), make);

        Exception error = Assert.Throws<Exception>(() => Fit(ml, source).Dispose(), kind);

        Assert.IsTrue(error is InvalidDataException or IOException, error.GetType().Name);
        TrainerFixture.AssertMessage(error, "Column 'SourceImage' cannot be read in row 2", $"'{folders.SourceImage(2)}'", cause);
    }

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void TrainingThatSkipsLeavesItOut(string kind, Action<string> make, string cause)
    {
        using var folders = new TrainingFolders();
        var ml = new MLContext(1);
        List<string> messages = [];
        ml.Log += (_, e) => messages.Add(e.Message);
        IDataView source = folders.Source(ml);
        Replace(folders.SourceImage(2), make);

        Fit(ml, source, options => options.BadSamples = BadSamplePolicy.Skip).Dispose();

        StringAssert.Contains(messages.Single(message => message.Contains("left out", StringComparison.Ordinal)), cause, kind);
    }

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void ScoringNamesRowFileAndCauseAndGivesTheRowsBefore(string kind, Action<string> make, string cause)
    {
        using var folders = new TrainingFolders(targets: 6);
        var ml = new MLContext(1);
        IDataView view = ml.Data.LoadSegmentationFolder(folders.TargetImages);
        Replace(folders.TargetImage(3), make);
        foreach (bool readsAhead in new[] { false, true })
        {
            using RoadTransformer model = ScoringFixture.CreateTransformer(ml);
            model.ReadsAhead = readsAhead;
            IDataView scored = model.Transform(ml.Transforms.LoadImages("Image", null, "ImagePath").Fit(view).Transform(view));
            using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["PredictedLabel"]]);
            ValueGetter<VBuffer<byte>> getter = cursor.GetGetter<VBuffer<byte>>(scored.Schema["PredictedLabel"]);
            VBuffer<byte> label = default;
            for (int row = 0; row < 3; row++)
            {
                Assert.IsTrue(cursor.MoveNext());
                getter(ref label);
                Assert.AreEqual(48 * 40, label.Length);
            }

            Assert.IsTrue(cursor.MoveNext());
            Exception error = Assert.Throws<Exception>(() => getter(ref label), kind);
            Assert.IsTrue(error is InvalidDataException or IOException, error.GetType().Name);
            TrainerFixture.AssertMessage(
                error, $"Column 'Image' cannot be read in row 3 (ImagePath '{folders.TargetImage(3)}')",
                $"'{folders.TargetImage(3)}'", cause);
        }
    }

    [TestMethod]
    [DataRow("bomb", "more than the limit of 268435456")]
    [DataRow("pipe", "is a named pipe")]
    public void APredictionEngineRefusesItByTheTextThatNamesIt(string kind, string cause)
    {
        using var folder = new TemporaryFolder();
        var ml = new MLContext(1);
        string file = folder["photo.png"];
        ((Action<string>)Files.Single(row => (string)row[0] == kind)[1])(file);
        using RoadTransformer model = ScoringFixture.CreateTransformer(ml);
        IDataView empty = ml.Data.LoadFromEnumerable(Array.Empty<Photo>());
        ITransformer chain = ml.Transforms.LoadImages("Image", null, "ImagePath").Fit(empty).Append(model);
        using PredictionEngine<Photo, Labelled> engine = ml.Model.CreatePredictionEngine<Photo, Labelled>(
            chain, new PredictionEngineOptions { OwnsTransformer = false });

        Exception error = Assert.Throws<Exception>(() => engine.Predict(new Photo { ImagePath = file }));

        TrainerFixture.AssertMessage(error, "Column 'Image' cannot be read in row", $"ImagePath '{file}'", cause);
    }

    [TestMethod]
    public void TheLimitIsAnOptionOfTrainingScoringAndMasks()
    {
        using var folders = new TrainingFolders();
        var ml = new MLContext(1);
        const int Pixels = 48 * 40;
        Fit(ml, folders.Source(ml), options => options.MaxPixels = Pixels).Dispose();
        Exception error = Assert.Throws<InvalidDataException>(() => Fit(ml, folders.Source(ml), options => options.MaxPixels = Pixels - 1));
        TrainerFixture.AssertMessage(error, "48 x 40 is 1920 pixels, more than the limit of 1919", folders.SourceImages);

        using RoadTransformer model = ScoringFixture.CreateTransformer(ml);
        IDataView view = ml.Data.LoadSegmentationFolder(folders.TargetImages);
        IDataView scored = model.Transform(ml.Transforms.LoadImages("Image", folders.TargetImages, "ImagePath").Fit(view).Transform(view));
        model.MaxPixels = Pixels;
        Assert.HasCount(3, TrainerFixture.Masks(scored));
        model.MaxPixels = Pixels - 1;
        TrainerFixture.AssertMessage(
            Assert.Throws<InvalidDataException>(() => TrainerFixture.Masks(scored)), "more than the limit of 1919", folders.TargetImage(0));

        view = ml.Data.LoadSegmentationFolder(folders.SourceImages, folders.SourceLabels);
        IDataView masks = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", TrainingFolders.Encoding, Pixels).Fit(
            view).Transform(view);
        Assert.AreEqual(4, masks.GetColumn<VBuffer<byte>>("Label").Count());
        masks = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", TrainingFolders.Encoding, Pixels - 1).Fit(view).Transform(view);
        error = Assert.Throws<InvalidDataException>(() => masks.GetColumn<VBuffer<byte>>("Label").Count());
        TrainerFixture.AssertMessage(
            error, "Column 'Label', row 0", folders.SourceLabel(0), "48 x 40 is 1920 pixels, more than the limit of 1919");
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(-1)]
    [DataRow(536_870_912)]
    public void ALimitOutsideItsRangeIsRefused(int value)
    {
        var ml = new MLContext(1);
        string range = $"is {value}; it must be 1 to 536870911.";
        using RoadTransformer model = ScoringFixture.CreateTransformer(ml);
        foreach (Action set in (Action[])
        [
            () => _ = new RoadTrainerOptions { MaxPixels = value },
            () => model.MaxPixels = value,
            () => ml.Transforms.LoadLabelMasks("Label", null, null, TrainingFolders.Encoding, value),
        ])
        {
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(set).Message, range);
        }
    }

    [TestMethod]
    [DynamicData(nameof(SpecialFiles.Kinds), typeof(SpecialFiles))]
    public void MasksAndClassesThatAreNoRegularFileAreNamed(string kind, string description)
    {
        using var folder = new TemporaryFolder();
        var ml = new MLContext(1);
        string file = folder["mask.png"];
        SpecialFiles.Make(kind, file);
        IDataView view = ml.Data.LoadFromEnumerable([new Photo { ImagePath = file }]);
        view = ml.Transforms.LoadLabelMasks("Label", null, "ImagePath", TrainingFolders.Encoding).Fit(view).Transform(view);

        TrainerFixture.AssertMessage(
            Assert.Throws<IOException>(() => view.GetColumn<VBuffer<byte>>("Label").Count()), "Column 'Label', row 0", file, description);
        TrainerFixture.AssertMessage(
            Assert.Throws<IOException>(() => LabelEncoding.FromJsonFile(file)), $"The classes file '{file}' is {description}");
    }

    [TestMethod]
    public void AClassesFileOfMoreThan16MebibytesIsRefused()
    {
        using var folder = new TemporaryFolder();
        using (FileStream file = File.Create(folder["classes.json"]))
        {
            file.SetLength((16 << 20) + 1);
        }

        Exception error = Assert.ThrowsExactly<InvalidDataException>(() => LabelEncoding.FromJsonFile(folder["classes.json"]));
        TrainerFixture.AssertMessage(error, folder["classes.json"], "16777217", "16777216");
    }

    [TestMethod]
    public void TheFileOfAnImageIsFoundBehindOtherTransforms()
    {
        using var folders = new TrainingFolders();
        var ml = new MLContext(1);
        IDataView paths = ml.Data.LoadSegmentationFolder(folders.SourceImages, folders.SourceLabels);
        IDataView view = ml.Transforms.LoadImages("Full", folders.SourceImages, "ImagePath")
            .Append(ml.Transforms.ConvertToGrayscale("Grey", "Full"))
            .Append(ml.Transforms.ResizeImages("Small", 20, 10, "Grey"))
            .Append(ml.Transforms.CopyColumns("Image", "Small"))
            .Append(ml.Transforms.CopyColumns("Image", "Image")).Fit(paths).Transform(paths);
        view = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", TrainingFolders.Encoding).Fit(view).Transform(view);
        view = ml.Data.TakeRows(ml.Data.SkipRows(view, 1), 2);

        ImageOrigin? origin = ImageOrigin.Find(view, "Image");
        Assert.AreEqual(("ImagePath", folders.SourceImages), (origin?.Path.Name, origin?.Folder));
        Assert.IsNull(ImageOrigin.Find(ml.Transforms.DropColumns("ImagePath").Fit(view).Transform(view), "Image"));
        Assert.IsNull(ImageOrigin.Find(ml.Data.LoadFromEnumerable(ScoringFixture.CreateRows(1)), "Image"));
    }

    private static byte[] Jpeg()
    {
        using var folder = new TemporaryFolder();
        using MLImage image = ScoringFixture.CreateImage(1, 20, 20);
        image.Save(folder["small.jpg"]);
        return File.ReadAllBytes(folder["small.jpg"]);
    }

    private static void Replace(string path, Action<string> make)
    {
        File.Delete(path);
        make(path);
    }

    private static RoadTransformer Fit(MLContext ml, IDataView source, Action<RoadTrainerOptions>? configure = null)
    {
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.Iterations = 8;
        configure?.Invoke(options);
        return ml.SemanticSegmentation.Trainers.Road(options).Fit(source);
    }

    private sealed class Photo
    {
        public string ImagePath { get; set; } = string.Empty;
    }

    private sealed class Labelled
    {
        public VBuffer<byte> PredictedLabel { get; set; }
    }
}
