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
    private readonly IDataView _view;
    private readonly DataViewSchema.Column _imageColumn;
    private readonly DataViewSchema.Column? _labelColumn;
    private readonly DataViewSchema.Column? _labelSizeColumn;
    private readonly ImageSize? _size;
    private readonly ImageOrigin? _origin;

    // Learned by the first cursor that reads two rows, and then known to all.
    private volatile bool _imagesAreOurs;

    public ViewSampleSource(IDataView view, string imageColumnName, string? labelColumnName, ImageSize? size)
    {
        _view = view;
        _imageColumn = view.Schema[imageColumnName];
        _labelColumn = labelColumnName is null ? null : view.Schema[labelColumnName];
        _labelSizeColumn = _labelColumn is { } label ? LabelColumn.FindSize(view.Schema, label) : null;
        _size = size;
        _origin = ImageOrigin.Find(view, imageColumnName);
    }

    /// <summary>Whether samples may be kept, as usual; else a cursor's next sample takes over the memory of the one before.</summary>
    public bool SamplesAreKept { get; init; } = true;

    /// <summary>The most pixels that a file that <c>LoadImages</c> reads may have.</summary>
    public int MaxPixels { get; init; } = PixelLimit.Default;

    /// <summary>Whether images are turned as their files' metadata says.</summary>
    public ImageOrientation Orientation { get; init; }

    /// <summary>How images are brought to the size given.</summary>
    public ImageFit Fit { get; init; }

    /// <summary>Whether rows may have no labels, an empty vector; their samples have none then.</summary>
    public bool LabelsMayBeMissing { get; init; }

    public bool IsShuffled => _view.CanShuffle;

    public ISampleCursor Open(int seed) => new Cursor(this, seed);

    private sealed class Cursor : ISampleCursor
    {
        private readonly ViewSampleSource _source;
        private readonly RowImage _images;
        private readonly DataViewRowCursor _cursor;
        private readonly ValueGetter<VBuffer<byte>>? _labelGetter;
        private readonly ValueGetter<VBuffer<int>>? _labelSizeGetter;

        private readonly ValueGetter<DataViewRowId> _idGetter;

        private readonly ReusedBytes? _pixels;
        private readonly ReusedBytes? _classes;

        private VBuffer<byte> _label;
        private VBuffer<int> _labelSize;

        public Cursor(ViewSampleSource source, int seed)
        {
            _source = source;
            _pixels = source.SamplesAreKept ? null : new ReusedBytes();
            _classes = source.SamplesAreKept ? null : new ReusedBytes();
            DataViewSchema schema = source._view.Schema;
            List<DataViewSchema.Column> columns = [.. RowImage.Columns(schema, source._imageColumn)];
            columns.AddRange(new[] { source._labelColumn, source._labelSizeColumn }.OfType<DataViewSchema.Column>());

            _cursor = SequentialView.OpenCursor(source._view, columns, source.IsShuffled ? new Random(seed) : null);
            _images = new RowImage(_cursor, source._imageColumn, source._origin);
            _idGetter = _cursor.GetIdGetter();
            _labelGetter = source._labelColumn is { } column ? _cursor.GetGetter<VBuffer<byte>>(column) : null;
            _labelSizeGetter = source._labelSizeColumn is { } sizes ? _cursor.GetGetter<VBuffer<int>>(sizes) : null;
        }

        public UInt128 Id
        {
            get
            {
                DataViewRowId id = default;
                _idGetter(ref id);
                return new UInt128(id.High, id.Low);
            }
        }

        public bool MoveNext() => _cursor.MoveNext();

        public DecodedSample Decode()
        {
            MLImage? previous = _images.Current;
            MLImage? image = _images.Read(_source.MaxPixels, _source.Orientation);
            if (!_source._imagesAreOurs && previous is not null && !ReferenceEquals(previous, _images.Current))
            {
                _source._imagesAreOurs = IsDisposed(previous);
            }

            if (image is null)
            {
                throw new InvalidDataException($"Column '{_source._imageColumn.Name}' has no image in {_images.Describe()}.");
            }

            byte[]? labels = _labelGetter is null ? null : DecodeLabels(_labelGetter, image.Width, image.Height);
            DecodedSample decoded = ImagePixels.Decode(image, _source._size, _source.Fit, _pixels);
            if (labels is not null && (decoded.Width, decoded.Height) != (image.Width, image.Height))
            {
                labels = ImagePixels.ResizeLabels(labels, image.Width, image.Height, decoded.Width, decoded.Height);
            }

            return labels is null ? decoded : new DecodedSample(decoded.Width, decoded.Height, decoded.Pixels, labels);
        }

        public byte[]? DecodeLabels()
        {
            if (_labelGetter is null)
            {
                return null;
            }

            Get(_labelGetter, ref _label, _source._labelColumn!.Value.Name);
            return _label.Length == 0 && _source.LabelsMayBeMissing ? null : CopyLabels(new ReusedBytes());
        }

        public void Dispose()
        {
            _cursor.Dispose();
            _images.Dispose();
            if (_source._imagesAreOurs)
            {
                _images.Current?.Dispose();
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

        private byte[]? DecodeLabels(ValueGetter<VBuffer<byte>> getter, int width, int height)
        {
            string column = _source._labelColumn!.Value.Name;
            Get(getter, ref _label, column);
            if (_label.Length == 0 && _source.LabelsMayBeMissing)
            {
                return null;
            }

            string size = string.Empty;
            bool fits = _label.Length == (long)width * height;
            if (_labelSizeGetter is not null)
            {
                Get(_labelSizeGetter, ref _labelSize, _source._labelSizeColumn!.Value.Name);
                (int maskWidth, int maskHeight) = (_labelSize.GetItemOrDefault(0), _labelSize.GetItemOrDefault(1));
                fits &= (maskWidth, maskHeight) == (width, height);
                size = $", {maskWidth} x {maskHeight}";
            }

            if (!fits)
            {
                throw new InvalidDataException(
                    $"The mask in column '{column}' has {_label.Length} pixels{size}, its image in column '{_source._imageColumn.Name}' is "
                    + $"{width} x {height} = {(long)width * height}, in {_images.Describe()}.");
            }

            return CopyLabels(_classes ?? new ReusedBytes());
        }

        private byte[] CopyLabels(ReusedBytes memory)
        {
            byte[] labels = memory.OfLength(_label.Length);
            _label.CopyTo(labels);
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
                throw new InvalidDataException($"Column '{column}' cannot be read in {_images.Describe()}: {error.Message}", error);
            }
        }
    }
}
