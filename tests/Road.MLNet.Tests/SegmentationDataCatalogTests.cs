using Microsoft.ML;
using Microsoft.ML.Data;

namespace Road.MLNet.Tests;

[TestClass]
public sealed class SegmentationDataCatalogTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void ImagesAndMasksAreMatchedByNameInOrdinalOrder()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "images", "b.jpg", "B.PNG", "a.jpeg", "c.bmp", "notes.txt");
        Write(folder, "labels", "a.png", "b.png", "B.png", "c.png", "unused.png");

        IDataView view = _ml.Data.LoadSegmentationFolder(folder.Combine("images"), folder.Combine("labels"));

        Assert.AreEqual("ImagePath LabelPath", string.Join(' ', view.Schema.Select(column => column.Name)));
        Assert.AreEqual(4, view.GetRowCount());
        AssertNames(view, "ImagePath", folder.Combine("images"), "B.PNG", "a.jpeg", "b.jpg", "c.bmp");
        AssertNames(view, "LabelPath", folder.Combine("labels"), "B.png", "a.png", "b.png", "c.png");
    }

    [TestMethod]
    public void HiddenFilesAndThoseOfFileManagersAreNotListed()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "images", "a.png", "._a.png", ".b.jpg", ".DS_Store", "Thumbs.db", "desktop.ini");
        Write(folder, "labels", "a.png", "._a.png", ".png", "Thumbs.db");
        IDataView view = _ml.Data.LoadSegmentationFolder(folder.Combine("images"), folder.Combine("labels"));
        AssertNames(view, "ImagePath", folder.Combine("images"), "a.png");
        AssertNames(view, "LabelPath", folder.Combine("labels"), "a.png");

        Write(folder, "hidden", "._a.png");
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(
                () => _ml.Data.LoadSegmentationFolder(folder.Combine("hidden"))).Message, "1 file (._a.png)");
    }

    [TestMethod]
    public void WithoutLabelsThereIsNoLabelColumn()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "images", "a.png");
        IDataView view = _ml.Data.LoadSegmentationFolder(folder.Combine("images"));
        Assert.AreEqual("ImagePath", string.Join(' ', view.Schema.Select(column => column.Name)));
    }

    [TestMethod]
    public void ViewsCanBeShuffledAndKeepTheirRowsTogether()
    {
        using var folder = new TemporaryFolder();
        string[] names = [.. Enumerable.Range(0, 50).Select(i => $"{i:00}.png")];
        Write(folder, "images", names);
        Write(folder, "labels", names);
        IDataView view = _ml.Data.LoadSegmentationFolder(folder.Combine("images"), folder.Combine("labels"));
        Assert.IsTrue(view.CanShuffle);

        IDataView shuffled = _ml.Data.ShuffleRows(view, seed: 3);
        string[] images = [.. shuffled.GetColumn<string>("ImagePath").Select(path => Path.GetFileName(path))];
        string[] labels = [.. shuffled.GetColumn<string>("LabelPath").Select(path => Path.GetFileName(path))];
        CollectionAssert.AreEqual(images, labels);
        CollectionAssert.AreNotEqual(names, images);
        CollectionAssert.AreEquivalent(names, images);
    }

    [TestMethod]
    public void MissingFoldersAreNamed()
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, "images", "a.png");
        StringAssert.Contains(
            Assert.ThrowsExactly<DirectoryNotFoundException>(() => _ml.Data.LoadSegmentationFolder(folder.Combine("none"))).Message,
            $"The image folder '{folder.Combine("none")}' does not exist",
            StringComparison.Ordinal);
        StringAssert.Contains(
            Assert.ThrowsExactly<DirectoryNotFoundException>(() => _ml.Data.LoadSegmentationFolder(path, path + "/a.png")).Message,
            "does not exist: it is a file",
            StringComparison.Ordinal);
    }

    [TestMethod]
    public void FolderWithoutImagesSaysWhatItHolds()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "images", "a.txt", "b.tif");
        folder.CreateFolder("images/more");
        AssertRefused(
            "it holds 1 folder (more) and 2 files (a.txt, b.tif)", () => _ml.Data.LoadSegmentationFolder(folder.Combine("images")));

        Write(folder, "good", "a.png");
        Write(folder, "labels", "a.jpg");
        AssertRefused(
            "have no .png file; it holds no folder and 1 file (a.jpg)", () => _ml.Data.LoadSegmentationFolder(
                folder.Combine("good"), folder.Combine("labels")));
    }

    [TestMethod]
    public void ImagesWithoutLabelsAreCountedAndUpToFiveNamed()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "images", [.. Enumerable.Range(0, 8).Select(i => $"{i}.jpg")]);
        Write(folder, "labels", "3.png", "0_x.png");
        AssertRefused(
            "7 of the 8 images", () => _ml.Data.LoadSegmentationFolder(folder.Combine("images"), folder.Combine("labels")));
        AssertRefused(
            ": 0.jpg, 1.jpg, 2.jpg, 4.jpg, 5.jpg, ....", () => _ml.Data.LoadSegmentationFolder(
                folder.Combine("images"), folder.Combine("labels")));
    }

    [TestMethod]
    public void ImagesOfOneNameAreRefused()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "images", "a.jpg", "a.png");
        AssertRefused("two files named alike: 'a.jpg' and 'a.png'", () => _ml.Data.LoadSegmentationFolder(folder.Combine("images")));
    }

    [TestMethod]
    [DataRow(5, 3)]
    [DataRow(2, 5)]
    [DataRow(1, 1)]
    public void LongerDomainComesOnceAndTheShorterIsRepeated(int sources, int targets)
    {
        IDataView paired = _ml.Data.PairDomains(Source(sources), Target(targets));

        int count = Math.Max(sources, targets);
        Assert.AreEqual("SourceImagePath SourceLabelPath TargetImagePath", string.Join(' ', paired.Schema.Select(column => column.Name)));
        Assert.AreEqual(count, paired.GetRowCount());
        Assert.IsTrue(paired.CanShuffle);
        CollectionAssert.AreEqual(
            Enumerable.Range(0, count).Select(i => $"s{i % sources}").ToArray(), paired.GetColumn<string>("SourceImagePath").ToArray());
        CollectionAssert.AreEqual(
            Enumerable.Range(0, count).Select(i => $"l{i % sources}").ToArray(), paired.GetColumn<string>("SourceLabelPath").ToArray());
        CollectionAssert.AreEqual(
            Enumerable.Range(0, count).Select(i => $"t{i % targets}").ToArray(), paired.GetColumn<string>("TargetImagePath").ToArray());
    }

    [TestMethod]
    public void AFolderMayBePartlyLabelled()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "images", "a.jpg", "b.jpg", "c.jpg");
        Write(folder, "labels", "b.png");

        IDataView view = _ml.Data.LoadPartlyLabelledFolder(folder.Combine("images"), folder.Combine("labels"));

        AssertNames(view, "ImagePath", folder.Combine("images"), "a.jpg", "b.jpg", "c.jpg");
        CollectionAssert.AreEqual(
            new[] { string.Empty, Path.Combine(folder.Combine("labels"), "b.png"), string.Empty },
            view.GetColumn<string>("LabelPath").ToArray());

        Write(folder, "others", "d.png");
        AssertRefused(
            "3 of the 3 images", () => _ml.Data.LoadPartlyLabelledFolder(folder.Combine("images"), folder.Combine("others")));
    }

    [TestMethod]
    public void OfTheLabelledRowsEveryNthKeepsItsLabel()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(
            new[] { "", "a", "b", "", "c", "d", "e" }.Select(
                static (label, i) => new SourceRow { ImagePath = $"i{i}", LabelPath = label }).ToArray());

        IDataView thinned = _ml.Data.ThinLabels(data, 2);

        CollectionAssert.AreEqual(
            new[] { "", "a", "", "", "c", "", "e" }, thinned.GetColumn<string>("LabelPath").ToArray());
        CollectionAssert.AreEqual(
            Enumerable.Range(0, 7).Select(static i => $"i{i}").ToArray(), thinned.GetColumn<string>("ImagePath").ToArray());
        Assert.IsTrue(thinned.CanShuffle);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Data.ThinLabels(data, 0));
    }

    [TestMethod]
    public void PairedDomainsHaveTheTargetsLabelsWhereAskedFor()
    {
        IDataView paired = _ml.Data.PairDomains(Source(3), Source(2), withTargetLabels: true);
        CollectionAssert.AreEqual(new[] { "l0", "l1", "l0" }, paired.GetColumn<string>("TargetLabelPath").ToArray());
        AssertPairRefused(
            "target", "the text column 'LabelPath'", () => _ml.Data.PairDomains(Source(1), Target(1), withTargetLabels: true));
    }

    [TestMethod]
    public void DomainsWithoutRowsOrColumnsAreRefused()
    {
        AssertPairRefused("source", "The source view has no rows", () => _ml.Data.PairDomains(Source(0), Target(1)));
        AssertPairRefused("target", "The target view has no rows", () => _ml.Data.PairDomains(Source(1), Target(0)));
        AssertPairRefused(
            "source", "the text column 'LabelPath'; its columns are 'ImagePath'", () => _ml.Data.PairDomains(Target(1), Target(1)));
        AssertPairRefused(
            "target",
            "the text column 'ImagePath'; it holds Single",
            () => _ml.Data.PairDomains(Source(1), _ml.Data.LoadFromEnumerable([new { ImagePath = 1f }])));
    }

    private static void AssertRefused(string expected, Action action) =>
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(action).Message, expected, StringComparison.Ordinal);

    private static void AssertNames(IDataView view, string column, string folder, params string[] names) =>
        CollectionAssert.AreEqual(names.Select(name => Path.Combine(folder, name)).ToArray(), view.GetColumn<string>(column).ToArray());

    private static void AssertPairRefused(string parameter, string expected, Action action)
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(action);
        Assert.AreEqual(parameter, error.ParamName);
        StringAssert.Contains(error.Message, expected, StringComparison.Ordinal);
    }

    private static string Write(TemporaryFolder folder, string sub, params string[] names)
    {
        foreach (string name in names)
        {
            folder.Write(Path.Combine(sub, name), []);
        }

        return folder.Combine(sub);
    }

    private IDataView Source(int count) =>
        _ml.Data.LoadFromEnumerable(
            Enumerable.Range(0, count).Select(i => new SourceRow { ImagePath = $"s{i}", LabelPath = $"l{i}" }).ToArray());

    private IDataView Target(int count) =>
        _ml.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new TargetRow { ImagePath = $"t{i}" }).ToArray());

    private sealed class SourceRow
    {
        public string ImagePath { get; set; } = string.Empty;

        public string LabelPath { get; set; } = string.Empty;
    }

    private sealed class TargetRow
    {
        public string ImagePath { get; set; } = string.Empty;
    }
}
