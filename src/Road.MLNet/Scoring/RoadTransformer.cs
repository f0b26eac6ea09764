using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Road.MLNet;
using Road.MLNet.Data;
using Road.MLNet.Interop;
using Road.MLNet.Scoring;
using Road.Torch;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Scoring;
using Road.Torch.Training;

[assembly: LoadableClass(
    typeof(RoadTransformer), null, typeof(SignatureLoadModel), "ROAD semantic segmentation", RoadModelIO.LoaderSignature)]

namespace Road.MLNet;

/// <summary>
/// A trained segmentation network: adds a label mask, a mask in colours and, where names were given for them, the
/// probabilities and the confidence to each row with an image. Safe to use from several threads at once.
/// </summary>
/// <remarks>
/// It reads one column of <see cref="MLImage"/> and adds, in the size of each row's image, H x W:
/// <c>PredictedLabel</c>, <c>Vector&lt;Key&lt;byte&gt;&gt;</c>, row-major, key = class + 1, with the class names as key
/// values; <c>PredictedLabelSize</c>, <c>Vector&lt;int, 2&gt;</c>, W and H; <c>PredictedMask</c>, <see cref="MLImage"/>;
/// <c>Score</c>, <c>Vector&lt;float&gt;</c>, K x H x W softmax probabilities; and a column of confidences, <c>Vector&lt;float&gt;</c>,
/// H x W, the largest of them. Nothing is scored where none of these columns is asked for; rows are read
/// and scored ahead of those asked for where the network leaves something free for it, a GPU or cores that it does not take. As with
/// ML.NET's own image columns, a mask in colours is valid until the next row is read, or the next prediction made.
/// </remarks>
public sealed class RoadTransformer : ITransformer, ISealedTransformer, IDisposable
{
    private readonly RoadScorer _scorer;
    private volatile bool _disposed;

    /// <summary>Takes over a trained network.</summary>
    /// <param name="environment">The environment, which says what device to use.</param>
    /// <param name="model">The model, whose network the transformer disposes.</param>
    internal RoadTransformer(IHostEnvironment environment, RoadModel model)
    {
        IHost host = environment.Register(nameof(RoadTransformer));
        using IChannel channel = host.Start(nameof(RoadTransformer));
        _scorer = new RoadScorer(host, model, TorchDevice.Select(host, channel));
    }

    /// <summary>The name of the column of images that is read.</summary>
    public string ImageColumnName => _scorer.Columns.Image;

    /// <summary>The name of the column of predicted label masks.</summary>
    public string PredictedLabelColumnName => _scorer.Columns.PredictedLabel;

    /// <summary>The name of the column of masks in the palette's colours.</summary>
    public string PredictedMaskColumnName => _scorer.Columns.PredictedMask;

    /// <summary>The name of the column of probabilities, or null for none.</summary>
    public string? ScoreColumnName => _scorer.Columns.Score;

    /// <summary>
    /// The name of the column of the largest class probability of each pixel, <c>Vector&lt;float&gt;</c>, H x W, or null for none: as
    /// <see cref="RoadTrainerOptions.ConfidenceColumnName"/> said when the model was trained, until it is set anew. It is saved with the
    /// model, and a change counts for the views and engines that are made from then on.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public string? ConfidenceColumnName
    {
        get => _scorer.Columns.Confidence;
        set
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _scorer.Columns = _scorer.Columns with { Confidence = value is null ? null : OptionGuard.NotEmpty(value) };
        }
    }

    /// <summary>The classes' names; key k of a label mask stands for name k - 1.</summary>
    public IReadOnlyList<string> ClassNames => _scorer.Model.ClassNames;

    /// <summary>The classes' colours, in the order of <see cref="ClassNames"/>.</summary>
    public IReadOnlyList<RgbColor> ClassColors =>
        [.. _scorer.Model.Palette.Chunk(3).Select(static color => new RgbColor(color[0], color[1], color[2]))];

    /// <summary>
    /// How the training ended that the model comes from: after how many steps, in what time, and why early where an observer ended it. Null
    /// for a model that was loaded, and for those handed out in the middle of a training.
    /// </summary>
    public TrainingEnd? Training { get; internal set; }

    /// <summary>
    /// How images are scored: as <see cref="RoadTrainerOptions.Scoring"/> said when the model was trained, until it is set
    /// anew. It is saved with the model, and a change counts for all predictions that are made from then on.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public ScoringOptions Scoring
    {
        get => _scorer.Options;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            ObjectDisposedException.ThrowIf(_disposed, this);
            _scorer.Options = value;
        }
    }

    /// <summary>
    /// The most pixels, width times height, that an image file may have, 1 to 536,870,911; 2^28 by default, and not saved with the model.
    /// A larger one, and what is no regular file, is refused by row and name before <c>LoadImages</c> opens it. A view tells which column
    /// names the file; where single rows come, as in a <c>PredictionEngine</c>, each text of the row that names one counts.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int MaxPixels
    {
        get => _scorer.MaxPixels;
        set => _scorer.MaxPixels = PixelLimit.CheckOption(value);
    }

    /// <summary>
    /// Whether photos are turned as the orientation in their metadata says, as viewers show them: as
    /// <see cref="RoadTrainerOptions.ImageOrientation"/> said when the model was trained, until it is set anew. It is saved with the
    /// model. Masks have the size of the image as it was read, so the mask of a photo on its side stands upright with it. It counts for
    /// images that <c>LoadImages</c> reads from files; pixels in memory are taken as they are.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the enumeration's.</exception>
    public ImageOrientation ImageOrientation
    {
        get => _scorer.Orientation;
        set => _scorer.Orientation = OptionGuard.Defined(value);
    }

    /// <summary>The network with everything that scoring and saving need.</summary>
    internal RoadModel Content => _scorer.Model;

    /// <summary>Whether the rows of a view are read ahead of those asked for.</summary>
    internal bool ReadsAhead
    {
        get => _scorer.ReadsAhead;
        set => _scorer.ReadsAhead = value;
    }

    /// <inheritdoc/>
    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The columns of an input with those that this transformer adds.</summary>
    /// <param name="inputSchema">The input's columns.</param>
    /// <returns>The output's columns.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The image column is missing, or holds something other than images.</exception>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new ScoredSchema(_scorer, inputSchema).Output;
    }

    /// <summary>Adds the predictions to a view; they are computed when a cursor asks for them.</summary>
    /// <param name="input">A view with the image column.</param>
    /// <returns>The view with the predictions.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The image column is missing, or holds something other than images.</exception>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new ScoredDataView(_scorer, input);
    }

    /// <inheritdoc/>
    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new ScoredRowMapper(_scorer, inputSchema);
    }

    /// <summary>
    /// Scores one image file: the class of every pixel, with colours, confidence and pictures. Nothing else is needed, no view and no
    /// class of rows. It is read upright unless <see cref="ImageOrientation"/> says otherwise.
    /// </summary>
    /// <param name="path">The file: JPEG, PNG, BMP, WebP or GIF.</param>
    /// <param name="cancellationToken">Is looked at before the image is decoded, and again before the network runs.</param>
    /// <returns>The result, in the size of the image; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">
    /// It is no image, damaged, cut off, larger than <see cref="MaxPixels"/>, or too small for the network; the message names the file.
    /// </exception>
    /// <exception cref="IOException">The file is missing, no regular file, or cannot be read; the message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read; the message names it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public SegmentationResult Segment(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        MLImage image = ImageDecoder.Load(path, MaxPixels, ImageOrientation);
        return SegmentOwn(image, size => $"The image file '{path}' has {size} pixels", cancellationToken);
    }

    /// <summary>
    /// Scores one image of a stream, such as an upload, as <see cref="Segment(string, CancellationToken)"/> does a file. The stream is read
    /// to its end into memory; who takes streams of strangers limits their length.
    /// </summary>
    /// <param name="stream">A JPEG, PNG, BMP, WebP or GIF file, from the stream's position on; it stays open.</param>
    /// <param name="cancellationToken">Is looked at while the stream is read, and again before the network runs.</param>
    /// <returns>The result, in the size of the image; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">
    /// It is no image, damaged, cut off, larger than <see cref="MaxPixels"/>, or too small for the network; the message says which.
    /// </exception>
    /// <exception cref="IOException">The stream cannot be read, or is longer than 2 GB.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public SegmentationResult Segment(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ObjectDisposedException.ThrowIf(_disposed, this);
        using MemoryStream content = StreamBytes.Read(stream, cancellationToken);
        MLImage image = ImageDecoder.Load(content, "image stream", MaxPixels, ImageOrientation);
        return SegmentOwn(image, size => $"The image stream has {size} pixels", cancellationToken);
    }

    /// <summary>
    /// Scores one image in memory. Its pixels are taken as they are, except those that <c>LoadImages</c> has read from a file, which are
    /// turned upright as elsewhere.
    /// </summary>
    /// <param name="image">The image, 32-bit BGRA or RGBA; it stays the caller's, and may be disposed before the result.</param>
    /// <param name="cancellationToken">Is looked at before the network runs.</param>
    /// <returns>The result, in the size of the image; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">
    /// The image is too small for the network, or the file that it comes from is cut off.
    /// </exception>
    /// <exception cref="NotSupportedException">The image has another pixel format.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public SegmentationResult Segment(MLImage image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (ImageFile.IsCutOff(image))
        {
            throw new InvalidDataException($"The {ImageFile.Subject(image.Tag)} is cut off.");
        }

        // Of its own, so that the result can be drawn whatever becomes of the caller's image.
        MLImage own = ImageDecoder.Restore(image, ImageOrientation)
            ?? MLImage.CreateFromPixels(image.Width, image.Height, image.PixelFormat, image.Pixels);
        return SegmentOwn(own, size => $"The image has {size} pixels", cancellationToken);
    }

    /// <summary>
    /// Writes the network as an ONNX model, which runs in ONNX Runtime and in ML.NET's <c>ApplyOnnxModel</c>, without
    /// TorchSharp. Its input is <c>image</c>, <c>N x 3 x H x W, float32</c>, RGB, 0 to 255, as <c>ExtractPixels</c> gives it; its
    /// output is <c>mask</c>, <c>N x H x W, uint8</c>, class indices counted from 0. N, H and W are free in each run unless a size is
    /// given. Normalisation, scaling to the size that the network was trained for and upsampling are in the model; the class names
    /// are in its metadata, as JSON under <c>classes</c>.
    /// </summary>
    /// <param name="path">The file to write; its folder must exist.</param>
    /// <param name="imageSize">
    /// The size of the one image that a run takes, by which <c>ApplyOnnxModel(path)</c> needs no shapes; null leaves number and size free.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A side of the size is below 1.</exception>
    /// <exception cref="NotSupportedException">
    /// The network does not describe itself (see <see cref="SegmentationNetwork.ExportClassifier"/>), or is larger than 2 GB.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public void SaveAsOnnx(string path, ImageSize? imageSize = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _scorer.SaveAsOnnx(path, imageSize);
    }

    /// <inheritdoc/>
    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        ObjectDisposedException.ThrowIf(_disposed, this);
        _scorer.Save(ctx);
    }

    /// <summary>Frees the network, once no thread scores with it. Views that the transformer made stop working.</summary>
    public void Dispose()
    {
        _disposed = true;
        _scorer.Dispose();
    }

    /// <summary>Hands out the network with its weights in float32, while nothing scores with it.</summary>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    internal void ReadNetwork(Action<SegmentationNetwork> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _scorer.ReadNetwork(read);
    }

    /// <summary>Scores an image that becomes the result's, or is disposed where there is none.</summary>
    /// <param name="image">The image, upright, 32-bit BGRA or RGBA.</param>
    /// <param name="describe">Says of a size, such as <c>4 x 5</c>, whose it is, for the message where the network cannot take it.</param>
    /// <param name="cancellationToken">Is looked at before the network runs.</param>
    internal SegmentationResult SegmentOwn(MLImage image, Func<string, string> describe, CancellationToken cancellationToken)
    {
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            cancellationToken.ThrowIfCancellationRequested();
            return new SegmentationResult(image, _scorer.Predict(image, describe), ClassNames, ClassColors);
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>The factory that ML.NET's loader looks for by this name.</summary>
    private static RoadTransformer Create(IHostEnvironment env, ModelLoadContext ctx) => new(env, RoadModelIO.Load(env, ctx));
}
