using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using SkiaSharp;

namespace Road.MLNet.Tests.Data;

/// <summary>Folders as people have them: sub-folders, every kind of image, masks by other names, and files that are neither.</summary>
[TestClass]
public sealed class SegmentationFolderTests
{
    private static readonly byte[] Gif = Convert.FromHexString(
        "47494638396101000100800000FF0000FFFFFF21F90401000000002C00000000010001000002024401003B");

    private static readonly byte[] Bmp = Convert.FromHexString(
        "424D3A0000000000000036000000280000000100000001000000010018000000000004000000130B0000130B000000000000000000000000FF00");

    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _warnings = [];

    public SegmentationFolderTests()
    {
        _ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning && e.Source.StartsWith("Road", StringComparison.Ordinal))
            {
                _warnings.Add(e.RawMessage);
            }
        };
    }

    [TestMethod]
    [DataRow(".png")]
    [DataRow(".jpg")]
    [DataRow(".jpeg")]
    [DataRow(".jpe")]
    [DataRow(".jfif")]
    [DataRow(".bmp")]
    [DataRow(".dib")]
    [DataRow(".webp")]
    [DataRow(".gif")]
    public void ImagesOfEveryKindAreListedAndRead(string extension)
    {
        using TemporaryFolder folder = new();
        byte[] content = extension switch
        {
            ".gif" => Gif,
            ".bmp" or ".dib" => Bmp,
            ".png" => Encode(SKEncodedImageFormat.Png),
            ".webp" => Encode(SKEncodedImageFormat.Webp),
            _ => Encode(SKEncodedImageFormat.Jpeg),
        };
        folder.Write("images/a" + extension, content);
        folder.Write("images/b" + extension.ToUpperInvariant(), content);

        IDataView view = _ml.Data.LoadSegmentationFolder(folder.Combine("images"));
        view = _ml.Transforms.LoadImages("Image", null, "ImagePath").Fit(view).Transform(view);

        // The cursor disposes an image when it moves on.
        CollectionAssert.AreEqual(new[] { 1, 1 }, view.GetColumn<MLImage>("Image").Select(static image => image.Width).ToArray());
    }

    [TestMethod]
    public void SubFoldersAreSearchedAndNamesAlikeInThemAreApart()
    {
        using TemporaryFolder folder = new();
        Write(folder, "images", "b/1.jpg", "a/1.jpg", "1.png", "a/deep/er/1.webp", ".hidden/1.png", "a/.thumbs/1.png");
        Write(folder, "labels", "a/1.png", "b/1.png", "1.png", "a/deep/er/1_mask.png", ".hidden/2.png");

        IDataView view = _ml.Data.LoadSegmentationFolder(folder.Combine("images"), folder.Combine("labels"));

        AssertNames(view, "ImagePath", folder.Combine("images"), "1.png", "a/1.jpg", "a/deep/er/1.webp", "b/1.jpg");
        AssertNames(view, "LabelPath", folder.Combine("labels"), "1.png", "a/1.png", "a/deep/er/1_mask.png", "b/1.png");
        Assert.IsEmpty(_warnings);
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = false)]
    public void LinksAreFollowedOnceAndCirclesOfThemEnd()
    {
        using TemporaryFolder folder = new();
        Write(folder, "images", "a/1.png", "z/2.png");
        Write(folder, "elsewhere", "3.png");
        string images = folder.Combine("images");
        Directory.CreateSymbolicLink(Path.Combine(images, "a", "up"), images);
        Directory.CreateSymbolicLink(Path.Combine(images, "b"), Path.Combine(images, "z"));
        Directory.CreateSymbolicLink(Path.Combine(images, "more"), folder.Combine("elsewhere"));
        Directory.CreateSymbolicLink(Path.Combine(folder.Combine("elsewhere"), "back"), images);
        Directory.CreateSymbolicLink(Path.Combine(images, "self"), Path.Combine(images, "self"));

        IDataView view = _ml.Data.LoadSegmentationFolder(images);

        AssertNames(view, "ImagePath", images, "a/1.png", "more/3.png", "z/2.png");
    }

    [TestMethod]
    [DataRow("a.jpg", "a.png")]
    [DataRow("a.jpg", "a_labels.png")]
    [DataRow("a.jpg", "a_mask.PNG")]
    [DataRow("a.jpg", "a_label.png")]
    [DataRow("a.jpg", "a_gt.png")]
    [DataRow("a.jpg", "a_L.png")]
    [DataRow("a.jpg", "a_labelIds.png")]
    [DataRow("ulm/ulm_1_leftImg8bit.png", "ulm/ulm_1_gtFine_labelIds.png")]
    public void MasksAreFoundByTheEndingsThatTheyHave(string image, string mask)
    {
        using TemporaryFolder folder = new();
        Write(folder, "images", image);
        Write(folder, "labels", mask);
        AssertNames(_ml.Data.LoadSegmentationFolder(folder.Combine("images"), folder.Combine("labels")), "LabelPath",
            folder.Combine("labels"), mask);
    }

    [TestMethod]
    public void WhatCityscapesHasBesideItsMasksIsNotWorthAWord()
    {
        using TemporaryFolder folder = new();
        Write(folder, "images", "ulm/ulm_1_leftImg8bit.png");
        string[] kinds = ["color.png", "instanceIds.png", "labelIds.png", "labelTrainIds.png", "polygons.json"];
        Write(folder, "labels", [.. kinds.Select(static kind => "ulm/ulm_1_gtFine_" + kind)]);

        IDataView view = _ml.Data.LoadSegmentationFolder(folder.Combine("images"), folder.Combine("labels"));

        AssertNames(view, "LabelPath", folder.Combine("labels"), "ulm/ulm_1_gtFine_labelIds.png");
        Assert.IsEmpty(_warnings);
    }

    [TestMethod]
    public void ClassIdsComeBeforeAMaskInColoursAndAnImagesOwnNameBeforeAnothersEnding()
    {
        using TemporaryFolder folder = new();
        Write(folder, "images", "a.jpg", "b.jpg", "b_labels.jpg", "c.jpg");
        Write(folder, "labels", "a.png", "a_labels.png", "a_overlay.png", "b.png", "b_labels.png", "c.png", "c_mask.png", "c_gt.png");

        IDataView view = _ml.Data.LoadSegmentationFolder(folder.Combine("images"), folder.Combine("labels"));

        AssertNames(view, "LabelPath", folder.Combine("labels"), "a_labels.png", "b.png", "b_labels.png", "c.png");
        Assert.IsEmpty(_warnings);
    }

    [TestMethod]
    public void TwoMasksOfEqualClaimAreRefusedByName()
    {
        using TemporaryFolder folder = new();
        Write(folder, "images", "x/a.jpg");
        Write(folder, "labels", "x/a_gt.png", "x/a_mask.png");
        string message = Assert.ThrowsExactly<InvalidDataException>(
            () => _ml.Data.LoadSegmentationFolder(folder.Combine("images"), folder.Combine("labels"))).Message;
        StringAssert.Contains(message, "'x/a.jpg' has 2 label masks");
        StringAssert.Contains(message, "'x/a_mask.png' and 'x/a_gt.png'");
        StringAssert.Contains(message, folder.Combine("labels"));
    }

    [TestMethod]
    public void ImagesWithoutAMaskAreLeftOutWhereThatIsWanted()
    {
        using TemporaryFolder folder = new();
        Write(folder, "images", "a.jpg", "b.jpg", "c.jpg");
        Write(folder, "labels", "b.png");

        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(
                () => _ml.Data.LoadSegmentationFolder(folder.Combine("images"), folder.Combine("labels"))).Message,
            "2 of the 3 images");
        IDataView view = _ml.Data.LoadSegmentationFolder(folder.Combine("images"), folder.Combine("labels"), onlyLabelled: true);

        AssertNames(view, "ImagePath", folder.Combine("images"), "b.jpg");
        AssertNames(view, "LabelPath", folder.Combine("labels"), "b.png");
        string image = Path.Combine(folder.Combine("images"), "a.jpg");
        StringAssert.StartsWith(_warnings.Single(), $"Left out 2 images without a label mask: {image}, ");

        Write(folder, "others", "x.png");
        Assert.ThrowsExactly<InvalidDataException>(
            () => _ml.Data.LoadSegmentationFolder(folder.Combine("images"), folder.Combine("others"), onlyLabelled: true));
    }

    [TestMethod]
    public void FilesThatAreNotUsedAreCountedAndFiveNamed()
    {
        using TemporaryFolder folder = new();
        Write(folder, "images", [
            "a.jpg", "._a.jpg", ".DS_Store", "Thumbs.db", "Desktop.ini", .. Enumerable.Range(0, 7).Select(static i => $"{i}.txt")]);
        Write(folder, "labels", "a.png", "old.png", "a.json");

        _ml.Data.LoadSegmentationFolder(folder.Combine("images"), folder.Combine("labels"), false, null, out LeftOutFiles leftOut);

        Assert.HasCount(2, _warnings);
        string first = string.Join(", ", Enumerable.Range(0, 5).Select(i => Path.Combine(folder.Combine("images"), $"{i}.txt")));
        Assert.AreEqual($"Left out 8 files of other kinds: {first}, ...", _warnings[0]);
        Assert.AreEqual($"Left out 1 label mask without an image: {Path.Combine(folder.Combine("labels"), "old.png")}", _warnings[1]);
        Assert.AreEqual(9, leftOut.Count);
        Assert.HasCount(8, leftOut.Others);
        Assert.HasCount(1, leftOut.MasksWithoutImage);
        Assert.IsEmpty(leftOut.ImagesWithoutMask);
    }

    [TestMethod]
    public void MasksBelowTheImagesAndExcludedFoldersAreNoImages()
    {
        using TemporaryFolder folder = new();
        Write(folder, "all", "a.jpg", "labels/a.png", "masks/a.png", "masks/a_labels.png");

        IDataView view = _ml.Data.LoadSegmentationFolder(
            folder.Combine("all"), folder.Combine("all", "labels"), false, folder.Combine("all", "masks"), out LeftOutFiles leftOut);

        AssertNames(view, "ImagePath", folder.Combine("all"), "a.jpg");
        Assert.AreEqual(0, leftOut.Count);
    }

    [TestMethod]
    public void ClassesOfOneColourAreNamedInAWarning()
    {
        LabelEncoding encoding = LabelEncoding.FromIds(["road", "car", "sky"], [new(1, 2, 3), new(4, 5, 6), new(1, 2, 3)]);
        _ml.Transforms.LoadLabelMasks("Label", null, null, encoding);
        Assert.AreEqual("Predicted masks show some classes in one colour: 'road' and 'sky' are (1, 2, 3)", _warnings.Single());

        _ml.Transforms.LoadLabelMasks("Label", null, null, LabelEncoding.Cityscapes);
        Assert.HasCount(1, _warnings);
    }

    private static byte[] Encode(SKEncodedImageFormat format)
    {
        using SKBitmap bitmap = new(1, 1);
        using SKData data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    private static void Write(TemporaryFolder folder, string root, params string[] names)
    {
        foreach (string name in names)
        {
            folder.Write(Path.Combine(root, name), []);
        }
    }

    private static void AssertNames(IDataView view, string column, string folder, params string[] names) => CollectionAssert.AreEqual(
        names, view.GetColumn<string>(column).Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).ToArray());
}
