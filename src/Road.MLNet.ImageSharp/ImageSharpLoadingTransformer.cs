using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Road.MLNet.Data;
using Road.MLNet.Interop;

[assembly: LoadableClass(
    typeof(ImageSharpLoadingTransformer), null, typeof(SignatureLoadModel), "Image loader by ImageSharp",
    ImageSharpLoadingTransformer.LoaderSignature)]

namespace Road.MLNet.Data;

/// <summary>
/// Reads the image that a path column names, row by row and only where the column of images is asked for. An empty path gives no image,
/// and an image is valid until the next row is read, as with <c>LoadImages</c>.
/// </summary>
public sealed class ImageSharpLoadingTransformer : RowToRowTransformerBase, ITransformer, ISealedTransformer
{
    internal const string LoaderSignature = "RoadImageSharpLoader";

    private static readonly ModelFormat Format = new("ROADISIM", LoaderSignature, Version: 1, FirstSealed: 1)
    {
        LoaderAssembly = typeof(ImageSharpLoadingTransformer).Assembly.GetName().Name!,
    };

    private readonly ImageSharpOptions _options;

    internal ImageSharpLoadingTransformer(
        IHostEnvironment environment, string outputColumnName, string? imageFolder, string inputColumnName, ImageSharpOptions options)
        : base(environment.Register(nameof(ImageSharpLoadingTransformer)))
    {
        OutputColumnName = outputColumnName;
        InputColumnName = inputColumnName;
        ImageFolder = imageFolder;
        _options = options.Copy();
    }

    /// <summary>The name of the column of images.</summary>
    public string OutputColumnName { get; }

    /// <summary>The name of the column of paths.</summary>
    public string InputColumnName { get; }

    /// <summary>The folder that relative paths start from; null for the current folder.</summary>
    public string? ImageFolder { get; }

    /// <summary>The most pixels, width times height, that an image may have.</summary>
    public int MaxPixels => _options.MaxPixels;

    /// <summary>Whether photos are turned as the orientation in their metadata says.</summary>
    public ImageOrientation Orientation => _options.Orientation;

    /// <summary>The formats that are decoded.</summary>
    public ImageSharpFormats Formats => _options.Formats;

    /// <summary>Adds the image column to a view; no file is read yet.</summary>
    /// <param name="input">A view with the path column.</param>
    /// <returns>The view with the image column.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The path column is missing or holds no text.</exception>
    public new IDataView Transform(IDataView input) => new SequentialView(base.Transform(input));

    /// <summary>The column of images.</summary>
    internal DataViewSchema.DetachedColumn[] CreateOutputColumns() => [new(OutputColumnName, ImageColumn.Type)];

    /// <inheritdoc/>
    protected override void SaveModel(ModelSaveContext ctx) => ModelIO.Save(
        ctx, Format, new ImageSharpLoadingSettings(OutputColumnName, InputColumnName, ImageFolder, MaxPixels, Orientation, Formats));

    /// <inheritdoc/>
    protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, Host, schema);

    /// <summary>The factory that ML.NET's loader looks for by this name.</summary>
    private static ImageSharpLoadingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ImageSharpLoadingSettings settings = ModelIO.Load<ImageSharpLoadingSettings>(env, ctx, Format).Settings;
        try
        {
            ImageSharpOptions options = new()
            {
                MaxPixels = settings.MaxPixels,
                Orientation = settings.Orientation,
                Formats = settings.Formats,
            };
            return new ImageSharpLoadingTransformer(
                env, settings.OutputColumnName, settings.ImageFolder, settings.InputColumnName, options);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw ModelIO.Damaged(env, Format, exception.Message, exception);
        }
    }

    private void Load(string file, ref MLImage? image) => image = ImageSharpDecoder.Load(file, _options);

    private sealed class Mapper : MapperBase
    {
        private readonly ImageSharpLoadingTransformer _parent;
        private readonly DataViewSchema.Column _input;

        public Mapper(ImageSharpLoadingTransformer parent, IHost host, DataViewSchema schema)
            : base(host.Register(nameof(Mapper)), schema, parent)
        {
            _parent = parent;
            _input = PathColumn.Check(host, schema, parent.InputColumnName);
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore() => _parent.CreateOutputColumns();

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            ValueGetter<ReadOnlyMemory<char>> getPath = input.GetGetter<ReadOnlyMemory<char>>(_input);
            ValueGetter<DataViewRowId> getId = input.GetIdGetter();
            ReadOnlyMemory<char> path = default;
            DataViewRowId id = default;
            return (ValueGetter<MLImage?>)((ref MLImage? image) =>
            {
                // Whoever reads on is done with the row before, and whoever wants to keep an image comes with an empty variable.
                image?.Dispose();
                image = null;
                getPath(ref path);
                if (path.IsEmpty)
                {
                    return;
                }

                getId(ref id);
                string file = string.IsNullOrWhiteSpace(_parent.ImageFolder)
                    ? path.ToString()
                    : Path.Combine(_parent.ImageFolder, path.ToString());
                RowFile.Read(_parent.OutputColumnName, id, ImageFile.Kind, file, _parent.Load, ref image);
            });
        }

        protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput) =>
            column => activeOutput(0) && column == _input.Index;

        protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);
    }
}
