using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;

namespace Road.MLNet.Tests.Data;

[TestClass]
public sealed class LabelMaskLoadingTests
{
    private static readonly LabelEncoding Encoding =
        LabelEncoding.FromIdMap(["road", "sky"], new Dictionary<int, int> { [7] = 0, [9] = 1 }, [new(1, 2, 3), new(4, 5, 6)]);

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void KeysAreClassesPlusOneAndZeroIsIgnored()
    {
        using var folder = new TemporaryFolder();
        string first = folder.Write("a.png", PngWriter.Write(3, 2, [7, 9, 0, 9, 7, 255]));
        folder.Write("b.png", PngWriter.Write(1, 1, [9]));

        // A full path stands for itself; a relative one starts from the folder.
        IDataView view = Load(folder.Path, first, "b.png");

        byte[][] masks = [.. view.GetColumn<VBuffer<byte>>("Label").Select(mask => mask.DenseValues().ToArray())];
        CollectionAssert.AreEqual(new byte[] { 1, 2, 0, 2, 1, 0 }, masks[0]);
        CollectionAssert.AreEqual(new byte[] { 2 }, masks[1]);
        Assert.AreEqual("road, sky", string.Join(", ", LabelColumn.ReadClassNames(view.Schema["Label"])));
        Assert.AreEqual("1 2 3 4 5 6", string.Join(' ', LabelColumn.ReadColors(view.Schema["Label"])));
    }

    [TestMethod]
    public void NoFileIsReadUnlessItsColumnIsAskedFor()
    {
        using var folder = new TemporaryFolder();
        IDataView view = Load(folder.Path, "missing.png");
        Assert.AreEqual("missing.png", view.GetColumn<string>("Path").Single());

        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        Assert.IsTrue(cursor.MoveNext(), "a row is read when its value is asked for");
    }

    [TestMethod]
    public void MissingFileIsNamedWithItsRow()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.png", PngWriter.Write(1, 1, [7]));
        FileNotFoundException error = Assert.ThrowsExactly<FileNotFoundException>(() => Read(Load(folder.Path, "a.png", "b.png")));
        Assert.AreEqual($"Column 'Label', row 1: the label mask '{folder.Combine("b.png")}' does not exist.", error.Message);
    }

    [TestMethod]
    public void DamagedFileIsNamedWithItsRow()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.png", PngWriter.Write(1, 1, [7])[..^3]);
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => Read(Load(null, path)));
        StringAssert.StartsWith(error.Message, $"Column 'Label', row 0: Cannot read the label mask '{path}': ", StringComparison.Ordinal);

        path = folder.Write("rgb.png", PngWriter.Write(1, 1, [7, 7, 7], colorType: 2));
        error = Assert.ThrowsExactly<InvalidDataException>(() => Read(Load(null, path)));
        StringAssert.Contains(error.Message, $"row 0: The label mask '{path}' is in RGB", StringComparison.Ordinal);
    }

    [TestMethod]
    public void EmptyPathIsNamedWithItsRow() =>
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(
                () => Read(Load(null, " "))).Message, "row 0: the column 'Path' names no label mask", StringComparison.Ordinal);

    [TestMethod]
    public void AnEmptyPathIsNoMaskWhereItMayBeMissingAndASavedLoaderKnows()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.png", PngWriter.Write(3, 1, [7, 9, 7]));
        IDataView rows = _ml.Data.LoadFromEnumerable(new[] { new Row("a.png"), new Row(""), new Row("a.png"), new Row(" ") });
        ITransformer loader = _ml.Transforms.LoadLabelMasks("Label", folder.Path, "Path", Encoding, allowsMissing: true).Fit(rows);
        using MemoryStream file = new();
        _ml.Model.Save(loader, rows.Schema, file);
        foreach (ITransformer transformer in new[] { loader, new MLContext().Model.Load(file, out _) })
        {
            IDataView view = transformer.Transform(rows);
            CollectionAssert.AreEqual(
                new[] { 3, 0, 3, 0 }, view.GetColumn<VBuffer<byte>>("Label").Select(static mask => mask.Length).ToArray());
            CollectionAssert.AreEqual(
                new[] { "3 1", "0 0", "3 1", "0 0" },
                view.GetColumn<VBuffer<int>>("LabelSize").Select(static size => string.Join(' ', size.DenseValues())).ToArray());
            Assert.IsTrue(((LabelMaskLoadingTransformer)transformer).AllowsMissing);
        }
    }

    private sealed record Row(string Path);

    [TestMethod]
    public void FolderInPlaceOfAFileIsNamed()
    {
        using var folder = new TemporaryFolder();
        folder.CreateFolder("a.png");
        IOException error = Assert.ThrowsExactly<IOException>(() => Read(Load(folder.Path, "a.png")));
        StringAssert.Contains(error.Message, $"row 0: cannot read the label mask '{folder.Combine("a.png")}'", StringComparison.Ordinal);
    }

    [TestMethod]
    public void MissingOrForeignColumnIsRefusedBySchema()
    {
        IDataView view = _ml.Data.LoadFromEnumerable([new { Path = 1f }]);
        foreach ((string column, string expected) in new[] { ("Other", "Could not find input column 'Other'"),
            ("Path", "Schema mismatch for input column 'Path': expected String, got Single") })
        {
            LabelMaskLoadingEstimator estimator = _ml.Transforms.LoadLabelMasks("Label", null, column, Encoding);
            StringAssert.Contains(
                Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => estimator.Fit(view)).Message, expected, StringComparison.Ordinal);
            StringAssert.Contains(
                Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => estimator.GetOutputSchema(Shape(view.Schema))).Message,
                expected,
                StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void WrongArgumentsAreNamed()
    {
        Assert.AreEqual(
            "outputColumnName", Assert.ThrowsExactly<ArgumentException>(
                () => _ml.Transforms.LoadLabelMasks(" ", null, null, Encoding)).ParamName);
        Assert.AreEqual(
            "encoding", Assert.ThrowsExactly<ArgumentNullException>(
                () => _ml.Transforms.LoadLabelMasks("Label", null, null, null!)).ParamName);
    }

    [TestMethod]
    public void SchemaShapeIsThatOfTheOutput()
    {
        IDataView view = View("a.png");
        LabelMaskLoadingEstimator estimator = _ml.Transforms.LoadLabelMasks("Path", null, null, Encoding);
        SchemaShape shape = estimator.GetOutputSchema(Shape(view.Schema));
        SchemaShape.Column[] columns = [.. shape];
        Assert.AreEqual(("Path", true, SchemaShape.Column.VectorKind.VariableVector), (columns[0].Name, columns[0].IsKey, columns[0].Kind));
        Assert.AreEqual(("PathSize", false, SchemaShape.Column.VectorKind.Vector), (columns[1].Name, columns[1].IsKey, columns[1].Kind));
        Assert.HasCount(2, columns);

        DataViewSchema schema = estimator.Fit(view).GetOutputSchema(view.Schema);
        Assert.AreEqual(LabelColumn.CreateType(2), schema["Path"].Type);
        Assert.AreEqual(LabelColumn.SizeType, schema["PathSize"].Type);
    }

    [TestMethod]
    public void SavedLoaderReadsTheSameMasksAloneAndInAChain()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.png", PngWriter.Write(3, 1, [7, 9, 8]));
        IDataView view = View("a.png");
        LabelMaskLoadingEstimator estimator = _ml.Transforms.LoadLabelMasks("Label", folder.Path, "Path", Encoding);
        ITransformer[] transformers =
        [
            estimator.Fit(view),
            estimator.Append(_ml.Transforms.CopyColumns("Copy", "Label")).Fit(view),
        ];
        foreach (ITransformer transformer in transformers)
        {
            string path = folder.Combine("model.zip");
            _ml.Model.Save(transformer, view.Schema, path);
            ITransformer loaded = new MLContext().Model.Load(path, out _);

            IDataView output = loaded.Transform(view);
            CollectionAssert.AreEqual(new byte[] { 1, 2, 0 }, output.GetColumn<VBuffer<byte>>("Label").Single().DenseValues().ToArray());
            Assert.AreEqual("road, sky", string.Join(", ", LabelColumn.ReadClassNames(output.Schema["Label"])));
            Assert.AreEqual("1 2 3 4 5 6", string.Join(' ', LabelColumn.ReadColors(output.Schema["Label"])));
        }
    }

    [TestMethod]
    public void SavedLoaderKeepsItsEncoding()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Combine("model.zip");
        LabelEncoding encoding = LabelEncoding.FromColors(["road", "sky"], new Dictionary<RgbColor, int> { [new(9, 8, 7)] = 1 });
        _ml.Model.Save(_ml.Transforms.LoadLabelMasks("Label", null, "Path", encoding).Fit(View("a.png")), null, path);

        var loaded = (LabelMaskLoadingTransformer)new MLContext().Model.Load(path, out _);
        Assert.AreEqual(("Label", "Path", null), (loaded.OutputColumnName, loaded.InputColumnName, loaded.LabelFolder));
        Assert.AreEqual(new KeyValuePair<RgbColor, int>(new RgbColor(9, 8, 7), 1), loaded.Encoding.ColorToClass!.Single());
    }

    [TestMethod]
    public void SavedLoaderKeepsTheClassOfAllOtherValues()
    {
        using var folder = new TemporaryFolder();
        string mask = folder.Write("a.png", PngWriter.Write(3, 1, [7, 9, 200]));
        string path = folder.Combine("model.zip");
        _ml.Model.Save(_ml.Transforms.LoadLabelMasks("Label", null, "Path", Encoding.WithOthers("sky")).Fit(View(mask)), null, path);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 2 }, Read(new MLContext().Model.Load(path, out _).Transform(View(mask))).Single());
    }

    [TestMethod]
    public void PredictionEngineReadsAMask()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.png", PngWriter.Write(3, 1, [7, 9, 8]));
        LabelMaskLoadingTransformer transformer = _ml.Transforms.LoadLabelMasks("Label", folder.Path, "Path", Encoding).Fit(View("a.png"));
        using PredictionEngine<PathRow, MaskRow> engine = _ml.Model.CreatePredictionEngine<PathRow, MaskRow>(transformer);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 0 }, engine.Predict(new PathRow { Path = "a.png" }).Label.DenseValues().ToArray());
    }

    [TestMethod]
    public void CursorsOfManyThreadsReadTheSameMasks()
    {
        using var folder = new TemporaryFolder();
        string[] names = [.. Enumerable.Range(0, 40).Select(i => $"{i}.png")];
        for (int i = 0; i < names.Length; i++)
        {
            folder.Write(names[i], PngWriter.Write(64, 64, [.. Enumerable.Range(0, 64 * 64).Select(p => (byte)((p * i) % 11))]));
        }

        IDataView view = Load(folder.Path, names);
        byte[][] expected = Read(view);
        byte[][][] actual = [.. Enumerable.Range(0, 4).AsParallel().WithDegreeOfParallelism(4).Select(_ => Read(view))];
        foreach (byte[][] masks in actual)
        {
            for (int i = 0; i < expected.Length; i++)
            {
                CollectionAssert.AreEqual(expected[i], masks[i]);
            }
        }
    }

    // ML.NET makes the shape of a schema inside its own estimators only.
    private static SchemaShape Shape(DataViewSchema schema) =>
        (SchemaShape)typeof(SchemaShape).GetMethod("Create", BindingFlags.NonPublic | BindingFlags.Static)!.Invoke(null, [schema])!;

    private static byte[][] Read(IDataView view) =>
        [.. view.GetColumn<VBuffer<byte>>("Label").Select(mask => mask.DenseValues().ToArray())];

    private IDataView View(params string[] paths) =>
        _ml.Data.LoadFromEnumerable(paths.Select(path => new PathRow { Path = path }).ToArray());

    private IDataView Load(string? folder, params string[] paths)
    {
        IDataView view = View(paths);
        return _ml.Transforms.LoadLabelMasks("Label", folder, "Path", Encoding).Fit(view).Transform(view);
    }

    private sealed class PathRow
    {
        public string Path { get; set; } = string.Empty;
    }

    private sealed class MaskRow
    {
        [KeyType(2)]
        public VBuffer<byte> Label { get; set; }
    }
}
