using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Interop;

namespace Road.MLNet.Data;

/// <summary>
/// Reads the image of the row that a cursor stands on. The file that <c>LoadImages</c> takes it from is looked at before, and what goes
/// wrong is said with row and file.
/// </summary>
internal sealed class RowImage : IDisposable
{
    private readonly DataViewSchema.Column _column;
    private readonly RowText _text;
    private readonly ValueGetter<MLImage> _getter;
    private readonly Func<int, ImageOrientation, (MLImage? Image, bool? IsCutOff)> _check;
    private readonly bool _isChecked;

    // The same reference goes to the getter each time: a getter that makes images disposes the one before, one that
    // merely hands out the user's image does not.
    private MLImage? _image;

    // What was decoded here, in the place of the view's own image.
    private MLImage? _own;

    /// <summary>Reads from a view's rows.</summary>
    /// <param name="row">The cursor, on which <see cref="Columns"/> are active.</param>
    /// <param name="column">The column of images.</param>
    /// <param name="origin">Where the images come from; null where that is not known.</param>
    public RowImage(DataViewRowCursor row, DataViewSchema.Column column, ImageOrigin? origin)
        : this(row, column)
    {
        if (origin is null)
        {
            _check = static (_, _) => default;
            return;
        }

        _isChecked = origin.IsDirect;
        ValueGetter<ReadOnlyMemory<char>> getPath = row.GetGetter<ReadOnlyMemory<char>>(origin.Path);
        ReadOnlyMemory<char> path = default;
        _check = (maxPixels, orientation) =>
        {
            getPath(ref path);
            if (path.IsEmpty)
            {
                return default;
            }

            string file = origin.Combine(path.ToString());
            if (origin.IsDirect)
            {
                return (ImageDecoder.Decode(file, maxPixels, orientation, out bool isCutOff), isCutOff);
            }

            ImageFile.Check(file, maxPixels);
            return default;
        };
    }

    /// <summary>
    /// Reads from single rows, which do not tell where an image comes from: each text that names a file is taken for its origin.
    /// </summary>
    /// <param name="row">The row, on which <see cref="Columns"/> are active where they can be.</param>
    /// <param name="column">The column of images.</param>
    public RowImage(DataViewRow row, DataViewSchema.Column column)
    {
        _column = column;
        _text = new RowText(row);
        _getter = row.GetGetter<MLImage>(column);
        _check = (maxPixels, _) =>
        {
            foreach (string value in _text.Values())
            {
                ImageFile.CheckIfNamed(value, maxPixels);
            }

            return default;
        };
    }

    /// <summary>The view's image read last, whatever was decoded in its place; it may be the view's own.</summary>
    public MLImage? Current => _image;

    /// <summary>The columns to activate.</summary>
    public static IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema, DataViewSchema.Column image) =>
        [image, .. RowText.Columns(schema)];

    /// <summary>The row, with its texts.</summary>
    public string Describe() => _text.Describe();

    /// <summary>Reads the image.</summary>
    /// <param name="maxPixels">The most pixels that a file may have.</param>
    /// <param name="orientation">Whether it is turned as its file's metadata says.</param>
    /// <returns>The image, valid until the next is read; null where the row has none.</returns>
    /// <exception cref="InvalidDataException">It cannot be decoded; the message names column, row and file.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read; the message names column, row and file.</exception>
    public MLImage? Read(int maxPixels, ImageOrientation orientation)
    {
        bool isCutOff = false;
        Dispose();
        try
        {
            (_own, bool? isKnown) = _check(maxPixels, orientation);
            if (_own is null)
            {
                _getter(ref _image!);
                isCutOff = _image is not null && (isKnown ?? ImageFile.IsCutOff(_image));
                _own = _image is null || isCutOff || _isChecked ? null : ImageDecoder.Restore(_image, orientation);
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException(Explain(error.Message), error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException(Explain(error.Message), error);
        }
        catch (ArgumentException error) when (error.ParamName == "imageStream")
        {
            // ML.NET's words for it name a parameter of its own.
            throw new InvalidDataException(Explain("the image is damaged and cannot be decoded."), error);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new InvalidDataException(Explain(error.Message), error);
        }

        return !isCutOff ? _own ?? _image : throw new InvalidDataException(Explain($"the image file '{_image!.Tag}' is cut off."));
    }

    /// <summary>Frees what was decoded in the place of the view's image, which stays the view's.</summary>
    public void Dispose()
    {
        _own?.Dispose();
        _own = null;
    }

    private string Explain(string message) =>
        $"Column '{_column.Name}' cannot be read in {_text.Describe()}: {message}{(message.EndsWith('.') ? string.Empty : ".")}";
}
