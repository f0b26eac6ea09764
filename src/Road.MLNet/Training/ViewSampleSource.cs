using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Interop;
using Road.Torch.Data;

namespace Road.MLNet.Data;

/// <summary>
/// A domain's images, and labels where it has them, read from a view. Cursors decode lazily, so skipping a row costs no
/// image.
/// </summary>
internal sealed class ViewSampleSource : ISampleSource
{
    private readonly IDataView view;
    private readonly DataViewSchema.Column imageColumn;
    private readonly DataViewSchema.Column? labelColumn;
    private readonly DataViewSchema.Column? labelSizeColumn;
    private readonly ImageSize? size;
    private readonly ImageOrigin? origin;

    // Learned by the first cursor that reads two rows, and then known to all.
    private volatile bool imagesAreOurs;

    public ViewSampleSource(IDataView view, string imageColumnName, string? labelColumnName, ImageSize? size)
    {
        this.view = view;
        imageColumn = view.Schema[imageColumnName];
        labelColumn = labelColumnName is null ? null : view.Schema[labelColumnName];
        labelSizeColumn = labelColumn is { } label ? LabelColumn.FindSize(view.Schema, label) : null;
        this.size = size;
        origin = ImageOrigin.Find(view, imageColumnName);
    }

    /// <summary>Whether samples may be kept, as usual; else a cursor's next sample takes over the memory of the one before.</summary>
    public bool SamplesAreKept { get; init; } = true;

    /// <summary>The most pixels that a file that <c>LoadImages</c> reads may have.</summary>
    public int MaxPixels { get; init; } = PixelLimit.Default;

    /// <summary>Whether images are turned as their files' metadata says.</summary>
    public ImageOrientation Orientation { get; init; }

    /// <summary>How images are brought to the size given.</summary>
    public ImageFit Fit { get; init; }

    public bool IsShuffled => view.CanShuffle;

    public ISampleCursor Open(int seed) => new Cursor(this, seed);

    private sealed class Cursor : ISampleCursor
    {
        private readonly ViewSampleSource source;
        private readonly RowImage images;
        private readonly DataViewRowCursor cursor;
        private readonly ValueGetter<VBuffer<byte>>? labelGetter;
        private readonly ValueGetter<VBuffer<int>>? labelSizeGetter;

        private readonly ValueGetter<DataViewRowId> idGetter;

        private readonly ReusedBytes? pixels;
        private readonly ReusedBytes? classes;

        private VBuffer<byte> label;
        private VBuffer<int> labelSize;

        public Cursor(ViewSampleSource source, int seed)
        {
            this.source = source;
            pixels = source.SamplesAreKept ? null : new ReusedBytes();
            classes = source.SamplesAreKept ? null : new ReusedBytes();
            DataViewSchema schema = source.view.Schema;
            List<DataViewSchema.Column> columns = [.. RowImage.Columns(schema, source.imageColumn)];
            columns.AddRange(new[] { source.labelColumn, source.labelSizeColumn }.OfType<DataViewSchema.Column>());

            cursor = SequentialView.OpenCursor(source.view, columns, source.IsShuffled ? new Random(seed) : null);
            images = new RowImage(cursor, source.imageColumn, source.origin);
            idGetter = cursor.GetIdGetter();
            labelGetter = source.labelColumn is { } column ? cursor.GetGetter<VBuffer<byte>>(column) : null;
            labelSizeGetter = source.labelSizeColumn is { } sizes ? cursor.GetGetter<VBuffer<int>>(sizes) : null;
        }

        public UInt128 Id
        {
            get
            {
                DataViewRowId id = default;
                idGetter(ref id);
                return new UInt128(id.High, id.Low);
            }
        }

        public bool MoveNext() => cursor.MoveNext();

        public DecodedSample Decode()
        {
            MLImage? previous = images.Current;
            MLImage? image = images.Read(source.MaxPixels, source.Orientation);
            if (!source.imagesAreOurs && previous is not null && !ReferenceEquals(previous, images.Current))
            {
                source.imagesAreOurs = IsDisposed(previous);
            }

            if (image is null)
            {
                throw new InvalidDataException($"Column '{source.imageColumn.Name}' has no image in {images.Describe()}.");
            }

            byte[]? labels = labelGetter is null ? null : DecodeLabels(labelGetter, image.Width, image.Height);
            DecodedSample decoded = ImagePixels.Decode(image, source.size, source.Fit, pixels);
            if (labels is not null && (decoded.Width, decoded.Height) != (image.Width, image.Height))
            {
                labels = ImagePixels.ResizeLabels(labels, image.Width, image.Height, decoded.Width, decoded.Height);
            }

            return labels is null ? decoded : new DecodedSample(decoded.Width, decoded.Height, decoded.Pixels, labels);
        }

        public void Dispose()
        {
            cursor.Dispose();
            images.Dispose();
            if (source.imagesAreOurs)
            {
                images.Current?.Dispose();
            }
        }

        private static bool IsDisposed(MLImage image)
        {
            try
            {
                return image.Width < 0;
            }
            catch (InvalidOperationException)
            {
                return true;
            }
        }

        private byte[] DecodeLabels(ValueGetter<VBuffer<byte>> getter, int width, int height)
        {
            string column = source.labelColumn!.Value.Name;
            Get(getter, ref label, column);
            string size = string.Empty;
            bool fits = label.Length == (long)width * height;
            if (labelSizeGetter is not null)
            {
                Get(labelSizeGetter, ref labelSize, source.labelSizeColumn!.Value.Name);
                (int maskWidth, int maskHeight) = (labelSize.GetItemOrDefault(0), labelSize.GetItemOrDefault(1));
                fits &= (maskWidth, maskHeight) == (width, height);
                size = $", {maskWidth} x {maskHeight}";
            }

            if (!fits)
            {
                throw new InvalidDataException(
                    $"The mask in column '{column}' has {label.Length} pixels{size}, its image in column '{source.imageColumn.Name}' is "
                    + $"{width} x {height} = {(long)width * height}, in {images.Describe()}.");
            }

            byte[] labels = (classes ?? new ReusedBytes()).OfLength(label.Length);
            label.CopyTo(labels);
            // Keys count from 1; the missing key, 0, wraps round to 255, the ignored label.
            TensorPrimitives.Subtract(labels, (byte)1, labels);
            return labels;
        }

        private void Get<T>(ValueGetter<T> getter, ref T value, string column)
        {
            try
            {
                getter(ref value);
            }
            catch (Exception error) when (error is not (OperationCanceledException or IOException or InvalidDataException))
            {
                throw new InvalidDataException($"Column '{column}' cannot be read in {images.Describe()}: {error.Message}", error);
            }
        }
    }
}
