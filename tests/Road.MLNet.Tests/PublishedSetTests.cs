using Microsoft.ML;
using Microsoft.ML.Data;

namespace Road.MLNet.Tests;

/// <summary>Published data sets in their own folders, whole and damaged.</summary>
[TestClass]
public sealed class PublishedSetTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Gta5IsMatchedByName()
    {
        using var root = Tree(
            "images/00002.png", "images/00001.png", "labels/00001.png", "labels/00002.png", "labels/00003.png", "images/._00001.png");
        IDataView view = _ml.Data.LoadGta5(root.Path);
        AssertRows(view, root, "images/00001.png labels/00001.png", "images/00002.png labels/00002.png");
        Assert.IsTrue(view.CanShuffle);
    }

    [TestMethod]
    public void SynthiaIsMatchedByName()
    {
        using var root = Tree(
            "RGB/0000000.png", "RGB/0000001.png", "GT/LABELS/0000000.png", "GT/LABELS/0000001.png", "GT/COLOR/0000000.png");
        AssertRows(_ml.Data.LoadSynthia(root.Path), root, "RGB/0000000.png GT/LABELS/0000000.png", "RGB/0000001.png GT/LABELS/0000001.png");
    }

    [TestMethod]
    public void CityscapesIsMatchedCityByCity()
    {
        using var root = Tree(
            "leftImg8bit/val/munster/munster_1_leftImg8bit.png", "gtFine/val/munster/munster_1_gtFine_labelIds.png",
            "leftImg8bit/val/lindau/lindau_7_leftImg8bit.png", "gtFine/val/lindau/lindau_7_gtFine_labelIds.png",
            "gtFine/val/lindau/lindau_7_gtFine_color.png", "gtFine/val/lindau/lindau_7_gtFine_instanceIds.png",
            "leftImg8bit/train/bremen/bremen_1_leftImg8bit.png");
        AssertRows(
            _ml.Data.LoadCityscapes(root.Path, "val"),
            root,
            "leftImg8bit/val/lindau/lindau_7_leftImg8bit.png gtFine/val/lindau/lindau_7_gtFine_labelIds.png",
            "leftImg8bit/val/munster/munster_1_leftImg8bit.png gtFine/val/munster/munster_1_gtFine_labelIds.png");
        AssertRows(_ml.Data.LoadCityscapes(root.Path, "train"), root, "leftImg8bit/train/bremen/bremen_1_leftImg8bit.png");
    }

    [TestMethod]
    public void CamVidIsMatchedByNameWhereItHasMasks()
    {
        using var root = Tree("val/a.png", "val/c.jpg", "valannot/a.png", "valannot/c.png", "train/b.png", "twice/a.png", "twice/a.jpg");
        AssertRows(_ml.Data.LoadCamVid(root.Path, "val"), root, "val/a.png valannot/a.png", "val/c.jpg valannot/c.png");
        AssertRefused<InvalidDataException>(() => _ml.Data.LoadCamVid(root.Path, "twice"), "two files named alike: 'a.");
        AssertRows(_ml.Data.LoadCamVid(root.Path, "train"), root, "train/b.png");
    }

    [TestMethod]
    public void PublishedFilesAtHandAreFound()
    {
        IDataView gta5 = _ml.Data.LoadGta5(TestData.Find("gta5"));
        Assert.AreEqual(2, gta5.GetRowCount());
        Assert.AreEqual(1, _ml.Data.LoadCityscapes(TestData.Find("cityscapes"), "val").GetRowCount());
        Assert.AreEqual(3, _ml.Data.LoadCityscapes(TestData.Find("cityscapes"), "train").GetRowCount());
        Assert.AreEqual(
            468, _ml.Data.LoadCamVid(TestData.Find("camvid"), "train").GetRowCount() + _ml.Data.LoadCamVid(
                TestData.Find("camvid"), "val").GetRowCount());

        IDataView pairs = _ml.Data.PairDomains(gta5, _ml.Data.LoadCityscapes(TestData.Find("cityscapes"), "train"));
        Assert.AreEqual(3, pairs.GetRowCount());
    }

    [TestMethod]
    public void MissingRootIsNamed()
    {
        using var root = Tree("file.png");
        AssertRefused<DirectoryNotFoundException>(
            () => _ml.Data.LoadGta5(root.Combine("none")), $"The GTA5 folder '{root.Combine("none")}' does not exist.");
        AssertRefused<DirectoryNotFoundException>(() => _ml.Data.LoadSynthia(root.Combine("file.png")), "does not exist: it is a file.");
    }

    [TestMethod]
    public void WhatIsMissingAndWhatWasFoundIsSaid()
    {
        using var cityscapes = Tree("gtFine/val/lindau/lindau_7_gtFine_labelIds.png", "license.txt");
        AssertRefused<InvalidDataException>(
            () => _ml.Data.LoadCityscapes(cityscapes.Path, "val"),
            $"has no 'leftImg8bit/val', the folder of its images: 'leftImg8bit' is missing in '{cityscapes.Path}', and it holds 1 folder "
            + "(gtFine) and 1 file (license.txt).");

        using var gta5 = Tree("images/1.png", "images/2.png");
        AssertRefused<InvalidDataException>(
            () => _ml.Data.LoadGta5(gta5.Path), "has no 'labels', the folder of its label masks",
            "it holds 1 folder (images) and no file. None of the 2 images has a mask.");

        using var synthia = Tree("RGB/1.png", "GT/COLOR/1.png");
        AssertRefused<InvalidDataException>(
            () => _ml.Data.LoadSynthia(
                synthia.Path), $"'LABELS' is missing in '{synthia.Combine("GT")}', and it holds 1 folder (COLOR) and no file.");

        using var empty = Tree("images/readme.txt", "images/1.jpg", "labels/1.png");
        AssertRefused<InvalidDataException>(
            () => _ml.Data.LoadGta5(
                empty.Path), $"'{empty.Combine("images")}', has no file *.png; it holds no folder and 2 files (1.jpg, readme.txt).");
    }

    [TestMethod]
    public void UnknownSplitIsToldThoseThatAreThere()
    {
        using var root = Tree("leftImg8bit/train/bremen/bremen_1_leftImg8bit.png", "leftImg8bit/val/lindau/lindau_7_leftImg8bit.png");
        AssertRefused<InvalidDataException>(
            () => _ml.Data.LoadCityscapes(root.Path, "vla"), "'vla' is missing in", "it holds 2 folders (train, val) and no file.");
        foreach (string split in new[] { "a/b", "..", "a\\b" })
        {
            AssertRefused<ArgumentException>(() => _ml.Data.LoadCityscapes(root.Path, split), "The split must be the name of one folder");
        }

        Assert.ThrowsExactly<ArgumentException>(() => _ml.Data.LoadCamVid(root.Path, " "));
    }

    [TestMethod]
    public void RootTakenALevelTooHighOrTooLowIsSetRight()
    {
        using var root = Tree("cityscapes/leftImg8bit/val/lindau/lindau_7_leftImg8bit.png", "RAND_CITYSCAPES/RGB/1.png");
        string right = $"'{root.Combine("cityscapes")}' has one: is that the root?";
        AssertRefused<InvalidDataException>(() => _ml.Data.LoadCityscapes(root.Path, "val"), right);
        AssertRefused<InvalidDataException>(() => _ml.Data.LoadCityscapes(root.Combine("cityscapes", "leftImg8bit"), "val"), right);
        AssertRefused<InvalidDataException>(
            () => _ml.Data.LoadCityscapes(root.Combine("cityscapes", "leftImg8bit", "val", "lindau"), "val"), right);
        AssertRefused<InvalidDataException>(
            () => _ml.Data.LoadSynthia(root.Path), $"'{root.Combine("RAND_CITYSCAPES")}' has one: is that the root?");
    }

    [TestMethod]
    public void ImagesWithoutMasksAreCountedAndNamed()
    {
        using var root = Tree(
            [.. Enumerable.Range(0, 7).Select(
                i => $"leftImg8bit/val/lindau/lindau_{i}_leftImg8bit.png"), "gtFine/val/lindau/lindau_3_gtFine_labelIds.png"]);
        AssertRefused<InvalidDataException>(
            () => _ml.Data.LoadCityscapes(root.Path, "val"),
            "6 of the 7 images in",
            "have no label mask, a file CITY/*_gtFine_labelIds.png of the same name",
            "lindau/lindau_0_leftImg8bit.png, lindau/lindau_1_leftImg8bit.png, lindau/lindau_2_leftImg8bit.png, "
            + "lindau/lindau_4_leftImg8bit.png, lindau/lindau_5_leftImg8bit.png, ....",
            "That folder has 1 masks.");

        using var polygons = Tree("leftImg8bit/val/a/a_1_leftImg8bit.png", "gtFine/val/a/a_1_gtFine_polygons.json");
        AssertRefused<InvalidDataException>(
            () => _ml.Data.LoadCityscapes(
                polygons.Path, "val"), "1 of the 1 images", "That folder has 0 masks; it holds 1 folder (a) and no file.");
    }

    [TestMethod]
    public void TargetDomainHasTheNamesThatAModelScores()
    {
        using var root = Tree("val/a.png", "valannot/a.png", "train/b.png");
        IDataView labelled = _ml.Data.AsTargetDomain(_ml.Data.LoadCamVid(root.Path, "val"));
        Assert.AreEqual("TargetImagePath LabelPath", string.Join(' ', labelled.Schema.Select(column => column.Name)));
        Assert.AreEqual(root.Combine("val", "a.png"), labelled.GetColumn<string>("TargetImagePath").Single());

        IDataView plain = _ml.Data.AsTargetDomain(_ml.Data.LoadCamVid(root.Path, "train"));
        Assert.AreEqual("TargetImagePath", string.Join(' ', plain.Schema.Select(column => column.Name)));
        AssertRefused<ArgumentException>(() => _ml.Data.AsTargetDomain(plain), "The target view must have the text column 'ImagePath'");
    }

    private static TemporaryFolder Tree(params string[] files)
    {
        var folder = new TemporaryFolder();
        foreach (string file in files)
        {
            folder.Write(file, []);
        }

        return folder;
    }

    private static void AssertRows(IDataView view, TemporaryFolder root, params string[] expected)
    {
        string[] columns = [.. view.Schema.Select(column => column.Name)];
        Assert.AreEqual(
            expected[0].Contains(' ', StringComparison.Ordinal) ? "ImagePath LabelPath" : "ImagePath", string.Join(' ', columns));
        string[][] values = [
            .. columns.Select(
                name => view.GetColumn<string>(name).Select(path => Path.GetRelativePath(root.Path, path).Replace('\\', '/')).ToArray())];
        CollectionAssert.AreEqual(expected, values[0].Select((_, row) => string.Join(' ', values.Select(column => column[row]))).ToArray());
    }

    private static void AssertRefused<T>(Action action, params string[] expected)
        where T : Exception
    {
        T error = Assert.ThrowsExactly<T>(action);
        foreach (string part in expected)
        {
            StringAssert.Contains(error.Message, part, StringComparison.Ordinal);
        }
    }
}
