using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Road.MLNet.Data;
using Road.MLNet.Interop;

[assembly: LoadableClass(
    typeof(LabelMaskLoadingTransformer), null, typeof(SignatureLoadModel), "Label mask loader",
    LabelMaskLoadingTransformer.LoaderSignature)]

namespace Road.MLNet.Data;

/// <summary>
/// Reads the label mask that a path column names, row by row and only where the output column is asked for. The output
/// is <c>Vector&lt;Key&lt;byte&gt;&gt;</c>, row-major, H x W long: key = class + 1, 0 (missing) = ignored. A second column, named as the
/// first with <c>Size</c> behind it, has the mask's width and height, <c>Vector&lt;int, 2&gt;</c>; only the file's header is read for it.
/// </summary>
public sealed class LabelMaskLoadingTransformer : RowToRowTransformerBase, ITransformer, ISealedTransformer
{
    internal const string LoaderSignature = "RoadLabelMaskLoader";

    private readonly LabelMaskReader _reader;

    internal LabelMaskLoadingTransformer(
        IHostEnvironment environment, string outputColumnName, string? labelFolder, string inputColumnName,
        LabelEncoding encoding, int maxPixels, bool allowsMissing, LabelMaskReader reader)
        : base(environment.Register(nameof(LabelMaskLoadingTransformer)))
    {
        _reader = reader;
        OutputColumnName = outputColumnName;
        InputColumnName = inputColumnName;
        LabelFolder = labelFolder;
        Encoding = encoding;
        MaxPixels = PixelLimit.CheckOption(maxPixels, nameof(maxPixels));
        AllowsMissing = allowsMissing;
    }

    /// <summary>The name of the column of masks.</summary>
    public string OutputColumnName { get; }

    /// <summary>The name of the column of paths.</summary>
    public string InputColumnName { get; }

    /// <summary>The folder that relative paths start from; null for the current folder.</summary>
    public string? LabelFolder { get; }

    /// <summary>What the masks' pixels mean.</summary>
    public LabelEncoding Encoding { get; }

    /// <summary>The most pixels, width times height, that a mask may have.</summary>
    public int MaxPixels { get; }

    /// <summary>Whether a row whose path is empty has no mask, an empty vector, in place of an error.</summary>
    public bool AllowsMissing { get; }

    /// <summary>Adds the mask column to a view; no file is read yet.</summary>
    /// <param name="input">A view with the path column.</param>
    /// <returns>The view with the mask column.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The path column is missing or holds no text.</exception>
    public new IDataView Transform(IDataView input) => new SequentialView(base.Transform(input));

    /// <summary>The file that a path stands for.</summary>
    internal string Combine(string path) => string.IsNullOrWhiteSpace(LabelFolder) ? path : Path.Combine(LabelFolder, path);

    /// <summary>The raw samples of a mask; the caller disposes them.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="InvalidDataException">It is no mask that can be read; the message names it and why.</exception>
    /// <exception cref="IOException">The file is missing, no regular file, or cannot be read.</exception>
    internal LabelPng ReadSamples(string file) => _reader.Read(file, MaxPixels);

    /// <summary>Makes a saved loader again.</summary>
    /// <param name="env">The environment.</param>
    /// <param name="ctx">Where it was saved.</param>
    /// <param name="reader">What reads its files.</param>
    /// <exception cref="FormatException">What was saved is newer than this assembly, of another kind, or damaged.</exception>
    internal static LabelMaskLoadingTransformer Load(IHostEnvironment env, ModelLoadContext ctx, LabelMaskReader reader)
    {
        LabelMaskLoadingSettings settings = ModelIO.Load<LabelMaskLoadingSettings>(env, ctx, reader.Format).Settings;
        try
        {
            return new LabelMaskLoadingTransformer(
                env,
                settings.OutputColumnName,
                settings.LabelFolder,
                settings.InputColumnName,
                settings.Encoding.ToEncoding(),
                settings.MaxPixels,
                settings.AllowsMissing,
                reader);
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentOutOfRangeException)
        {
            throw ModelIO.Damaged(env, reader.Format, exception.Message, exception);
        }
    }

    /// <summary>The column of masks and that of their sizes, with types and annotations.</summary>
    internal DataViewSchema.DetachedColumn[] CreateOutputColumns()
    {
        string sizeColumnName = LabelColumn.SizeColumnName(OutputColumnName);
        return
        [
            new(
                OutputColumnName,
                LabelColumn.CreateType(Encoding.ClassNames.Count),
                LabelColumn.CreateAnnotations(Encoding.ClassNames, Encoding.Palette, sizeColumnName)),
            new(sizeColumnName, LabelColumn.SizeType),
        ];
    }

    /// <inheritdoc/>
    protected override void SaveModel(ModelSaveContext ctx) => ModelIO.Save(
        ctx,
        _reader.Format,
        new LabelMaskLoadingSettings(OutputColumnName, InputColumnName, LabelFolder, LabelEncodingJson.FromEncoding(Encoding), MaxPixels)
        {
            AllowsMissing = AllowsMissing,
        });

    /// <inheritdoc/>
    protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, Host, schema);

    /// <summary>The factory that ML.NET's loader looks for by this name.</summary>
    private static LabelMaskLoadingTransformer Create(IHostEnvironment env, ModelLoadContext ctx) => Load(env, ctx, PngMaskReader.Instance);

    private void Load(string file, ref VBuffer<byte> mask)
    {
        using LabelPng png = ReadSamples(file);
        VBufferEditor<byte> editor = VBufferEditor.Create(ref mask, png.Width * png.Height);
        Encoding.Decode(png, file, editor.Values);
        LabelColumn.ToKeys(editor.Values, editor.Values);
        mask = editor.Commit();
    }

    private void LoadSize(string file, ref VBuffer<int> size)
    {
        (int width, int height) = _reader.ReadSize(file, MaxPixels);
        LabelColumn.SetSize(width, height, ref size);
    }

    /// <summary>Reads a row's file; what goes wrong is said with column, row and file.</summary>
    private void Read<T>(string path, DataViewRowId row, RowFileReader<T> read, RowFileReader<T> none, ref T value)
    {
        if (!string.IsNullOrWhiteSpace(path))
        {
            RowFile.Read(OutputColumnName, row, LabelPngReader.Kind, Combine(path), read, ref value);
        }
        else if (AllowsMissing)
        {
            none(path, ref value);
        }
        else
        {
            throw new InvalidDataException(
                $"{RowFile.Describe(OutputColumnName, row)}the column '{InputColumnName}' names no {LabelPngReader.Kind}.");
        }
    }

    private sealed class Mapper : MapperBase
    {
        private readonly LabelMaskLoadingTransformer _parent;
        private readonly DataViewSchema.Column _input;

        public Mapper(LabelMaskLoadingTransformer parent, IHost host, DataViewSchema schema)
            : base(host.Register(nameof(Mapper)), schema, parent)
        {
            _parent = parent;
            _input = PathColumn.Check(host, schema, parent.InputColumnName);
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore() => _parent.CreateOutputColumns();

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            return iinfo == 0
                ? MakeGetter<VBuffer<byte>>(input, _parent.Load, static (_, ref mask) => mask = VBufferEditor.Create(ref mask, 0).Commit())
                : MakeGetter<VBuffer<int>>(input, _parent.LoadSize, static (_, ref size) => LabelColumn.SetSize(0, 0, ref size));
        }

        protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput) =>
            column => (activeOutput(0) || activeOutput(1)) && column == _input.Index;

        protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);

        private ValueGetter<T> MakeGetter<T>(DataViewRow input, RowFileReader<T> read, RowFileReader<T> none)
        {
            ValueGetter<ReadOnlyMemory<char>> getPath = input.GetGetter<ReadOnlyMemory<char>>(_input);
            ValueGetter<DataViewRowId> getId = input.GetIdGetter();
            ReadOnlyMemory<char> path = default;
            DataViewRowId id = default;
            return (ref T value) =>
            {
                getPath(ref path);
                getId(ref id);
                _parent.Read(path.ToString(), id, read, none, ref value);
            };
        }
    }
}
