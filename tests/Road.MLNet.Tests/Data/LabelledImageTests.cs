using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Tests.Training;

namespace Road.MLNet.Tests.Data;

/// <summary>Images and labels in memory: nothing of a training needs a file.</summary>
[TestClass]
public sealed class LabelledImageTests
{
    private static readonly LabelEncoding Colors = LabelEncoding.FromColors(
        ["road", "sky"], new Dictionary<RgbColor, int> { [new(10, 20, 30)] = 0, [new(7, 7, 7)] = 1 });

    private static readonly LabelEncoding Ids = LabelEncoding.FromIdMap(["road", "sky"], new Dictionary<int, int> { [3] = 0, [7] = 1 });

    private readonly MLContext _ml = new(5);

    [TestMethod]
    public void ImagesInMemoryTrainAndScoreAsTheSameFilesDo()
    {
        using TrainingFolders folders = new();
        LabelledImage[] source = [.. Enumerable.Range(0, 4).Select(i => new LabelledImage(
            MLImage.CreateFromFile(folders.SourceImage(i)), TrainingFolders.Encoding.Decode(folders.SourceLabel(i)), $"frame {i}"))];
        MLImage[] target = [.. Enumerable.Range(0, 3).Select(i => MLImage.CreateFromFile(folders.TargetImage(i)))];
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);

        using RoadTransformer ofFiles = new MLContext(5).SemanticSegmentation.Trainers.Road(options)
            .Fit(folders.Source(_ml), folders.Target(_ml));
        using RoadTransformer inMemory = new MLContext(5).SemanticSegmentation.Trainers.Road(options).Fit(
            _ml.Data.LoadSegmentationImages(source, TrainingFolders.Encoding), _ml.Data.LoadSegmentationImages(target));

        CollectionAssert.AreEqual(TrainerFixture.SavedWeights(_ml, ofFiles), TrainerFixture.SavedWeights(_ml, inMemory));
        SemanticSegmentationMetrics metrics = _ml.SemanticSegmentation.Evaluate(
            inMemory.Transform(_ml.Data.LoadSegmentationImages(source, TrainingFolders.Encoding, "TargetImage", "Label")));
        Assert.AreEqual(4, metrics.ImageCount);
        Assert.AreEqual(1.0 / (48 * 40), metrics.IgnoredPixelShare, 1e-12);

        // Training and scoring have read them, and they are there still.
        Assert.IsTrue(source.All(static image => image.Image.Pixels.Length == 4 * 48 * 40));
        Array.ForEach(source, static image => image.Image.Dispose());
        Array.ForEach(target, static image => image.Dispose());
    }

    [TestMethod]
    public void AnImageWithoutLabelsHasAnEmptyMaskAndMessagesHaveTheName()
    {
        using MLImage image = Image(2, 1, 0, 0, 0, 0, 0, 0);
        IDataView view = _ml.Data.LoadSegmentationImages(
            [new(image, new LabelImage([1, 255], 2, 1), "first"), new(image, null, "second")], Ids, "Image", "Label");
        CollectionAssert.AreEqual(
            new[] { "Image", "Label", "LabelSize", "Name" }, view.Schema.Select(static column => column.Name).ToArray());
        VBuffer<byte>[] masks = [.. view.GetColumn<VBuffer<byte>>("Label")];
        CollectionAssert.AreEqual(new byte[] { 2, 0 }, masks[0].DenseValues().ToArray());
        Assert.AreEqual(0, masks[1].Length);
        CollectionAssert.AreEqual(
            new[] { 2, 1, 0, 0 }, view.GetColumn<VBuffer<int>>("LabelSize").SelectMany(static size => size.DenseValues()).ToArray());
        CollectionAssert.AreEqual(new[] { "first", "second" }, view.GetColumn<string>("Name").ToArray());

        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        view = _ml.Data.LoadSegmentationImages([new(image, null, "nameless")], TrainingFolders.Encoding);
        Exception error = Assert.Throws<Exception>(() => _ml.SemanticSegmentation.Trainers.Road(options).Fit(view).Dispose());
        TrainerFixture.AssertMessage(error, "nameless");
    }

    [TestMethod]
    public void WhatDoesNotFitIsRefusedByName()
    {
        using MLImage image = Image(2, 1, 0, 0, 0, 0, 0, 0);
        Refused("The labels are 1 x 2 pixels, but the image 'a' is 2 x 1.", () => _ = new LabelledImage(image, new([0, 0], 1, 2), "a"));
        Refused("The pixel (1, 0) has the class 254; classes are 0 to 253, and 255 is ignored.", () => _ = new LabelImage([0, 254], 2, 1));
        Refused("The label mask has 2 keys, but 2 x 2 pixels need 4.", () => _ = new LabelImage([0, 0], 2, 2));
        Refused("There is no image.", () => _ml.Data.LoadSegmentationImages(Array.Empty<MLImage>()));
        Refused("Image 1 is null.", () => _ml.Data.LoadSegmentationImages([image, null!]));
        Refused(
            "Image 0 ('b') has the class 2 at the pixel (1, 0), but classes are 0 to 1.",
            () => _ml.Data.LoadSegmentationImages([new(image, new LabelImage([0, 2], 2, 1), "b")], Ids));

        static void Refused(string message, Action action) =>
            StringAssert.StartsWith(Assert.Throws<ArgumentException>(action).Message, message);
    }

    [TestMethod]
    public void MasksAreDecodedFromFilesStreamsBytesAndImages()
    {
        using TemporaryFolder folder = new();
        string path = folder.Combine("mask.png");
        byte[] file = PngWriter.Write(3, 1, [3, 7, 9]);
        File.WriteAllBytes(path, file);
        using MemoryStream stream = new(file);
        using MLImage grey = Image(3, 1, 3, 3, 3, 7, 7, 7, 9, 9, 9);
        foreach (LabelImage labels in new[] { Ids.Decode(path), Ids.Decode(stream), Ids.Decode(file), Ids.Decode(grey) })
        {
            CollectionAssert.AreEqual(new byte[] { 1, 2, 0 }, labels.Mask.Keys.ToArray());
            Assert.AreEqual((3, 1), (labels.Width, labels.Height));
        }

        // The bytes are read and not moved together in their place.
        CollectionAssert.AreEqual(PngWriter.Write(3, 1, [3, 7, 9]), file);
        using MLImage colored = Image(3, 1, 10, 20, 30, 7, 7, 7, 1, 2, 3);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 0 }, Colors.Decode(colored).Mask.Keys.ToArray());
        CollectionAssert.AreEqual(new byte[] { 0, 2, 0 }, Colors.Decode(grey).Mask.Keys.ToArray());
    }

    [TestMethod]
    public void AMaskThatDoesNotFitIsRefused()
    {
        using MLImage colored = Image(1, 1, 10, 20, 30);
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => Ids.Decode(colored)).Message, "is in RGB, but ids are expected");
        using MLImage clear = MLImage.CreateFromPixels(2, 1, MLPixelFormat.Rgba32, [1, 1, 1, 255, 1, 1, 1, 254]);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => Ids.Decode(clear)).Message, "at the pixel (1, 0)");
        StringAssert.StartsWith(
            Assert.ThrowsExactly<InvalidDataException>(() => Ids.Decode([1, 2, 3])).Message, "Cannot read the label mask 'in memory': ");
        Assert.ThrowsExactly<FileNotFoundException>(() => Ids.Decode("nothing.png"));
    }

    private static MLImage Image(int width, int height, params byte[] colors) => MLImage.CreateFromPixels(
        width,
        height,
        MLPixelFormat.Rgba32,
        [.. colors.Chunk(3).SelectMany(static color => new[] { color[0], color[1], color[2], (byte)255 })]);
}
