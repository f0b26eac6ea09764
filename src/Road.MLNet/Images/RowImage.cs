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
    private readonly DataViewSchema.Column column;
    private readonly RowText text;
    private readonly ValueGetter<MLImage> getter;
    private readonly Func<int, ImageOrientation, (MLImage? Image, bool? IsCutOff)> check;
    private readonly bool isChecked;

    // The same reference goes to the getter each time: a getter that makes images disposes the one before, one that
    // merely hands out the user's image does not.
    private MLImage? image;

    // What was decoded here, in the place of the view's own image.
    private MLImage? own;

    /// <summary>Reads from a view's rows.</summary>
    /// <param name="row">The cursor, on which <see cref="Columns"/> are active.</param>
    /// <param name="column">The column of images.</param>
    /// <param name="origin">Where the images come from; null where that is not known.</param>
    public RowImage(DataViewRowCursor row, DataViewSchema.Column column, ImageOrigin? origin)
        : this(row, column)
    {
        if (origin is null)
        {
            check = static (_, _) => default;
            return;
        }

        isChecked = origin.IsDirect;
        ValueGetter<ReadOnlyMemory<char>> getPath = row.GetGetter<ReadOnlyMemory<char>>(origin.Path);
        ReadOnlyMemory<char> path = default;
        check = (maxPixels, orientation) =>
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
        this.column = column;
        text = new RowText(row);
        getter = row.GetGetter<MLImage>(column);
        check = (maxPixels, _) =>
        {
            foreach (string value in text.Values())
            {
                ImageFile.CheckIfNamed(value, maxPixels);
            }

            return default;
        };
    }

    /// <summary>The view's image read last, whatever was decoded in its place; it may be the view's own.</summary>
    public MLImage? Current => image;

    /// <summary>The columns to activate.</summary>
    public static IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema, DataViewSchema.Column image) => [image, .. RowText.Columns(schema)];

    /// <summary>The row, with its texts.</summary>
    public string Describe() => text.Describe();

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
            (own, bool? isKnown) = check(maxPixels, orientation);
            if (own is null)
            {
                getter(ref image!);
                isCutOff = image is not null && (isKnown ?? ImageFile.IsCutOff(image));
                own = image is null || isCutOff || isChecked ? null : ImageDecoder.Restore(image, orientation);
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

        return !isCutOff ? own ?? image : throw new InvalidDataException(Explain($"the image file '{image!.Tag}' is cut off."));
    }

    /// <summary>Frees what was decoded in the place of the view's image, which stays the view's.</summary>
    public void Dispose()
    {
        own?.Dispose();
        own = null;
    }

    private string Explain(string message) =>
        $"Column '{column.Name}' cannot be read in {text.Describe()}: {message}{(message.EndsWith('.') ? string.Empty : ".")}";
}
