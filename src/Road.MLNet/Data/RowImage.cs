using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Interop;

namespace Road.MLNet.Data;

/// <summary>
/// Reads the image of the row that a cursor stands on. The file that <c>LoadImages</c> takes it from is looked at before, and what goes
/// wrong is said with row and file.
/// </summary>
internal sealed class RowImage
{
    private readonly DataViewSchema.Column column;
    private readonly RowText text;
    private readonly ValueGetter<MLImage> getter;
    private readonly Action<int> check;

    // The same reference goes to the getter each time: a getter that makes images disposes the one before, one that
    // merely hands out the user's image does not.
    private MLImage? image;

    /// <summary>Reads from a view's rows.</summary>
    /// <param name="row">The cursor, on which <see cref="Columns"/> are active.</param>
    /// <param name="column">The column of images.</param>
    /// <param name="origin">Where the images come from; null where that is not known.</param>
    public RowImage(DataViewRowCursor row, DataViewSchema.Column column, ImageOrigin? origin)
        : this(row, column)
    {
        if (origin is null)
        {
            check = static _ => { };
            return;
        }

        ValueGetter<ReadOnlyMemory<char>> getPath = row.GetGetter<ReadOnlyMemory<char>>(origin.Path);
        ReadOnlyMemory<char> path = default;
        check = maxPixels =>
        {
            getPath(ref path);
            if (!path.IsEmpty)
            {
                ImageFile.Check(origin.Combine(path.ToString()), maxPixels);
            }
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
        check = maxPixels =>
        {
            foreach (string value in text.Values())
            {
                ImageFile.CheckIfNamed(value, maxPixels);
            }
        };
    }

    /// <summary>The image read last; it may be the view's own.</summary>
    public MLImage? Current => image;

    /// <summary>The columns to activate.</summary>
    public static IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema, DataViewSchema.Column image) => [image, .. RowText.Columns(schema)];

    /// <summary>The row, with its texts.</summary>
    public string Describe() => text.Describe();

    /// <summary>Reads the image.</summary>
    /// <param name="maxPixels">The most pixels that a file may have.</param>
    /// <returns>The image, valid until the next is read; null where the row has none.</returns>
    /// <exception cref="InvalidDataException">It cannot be decoded; the message names column, row and file.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read; the message names column, row and file.</exception>
    public MLImage? Read(int maxPixels)
    {
        bool isCutOff;
        try
        {
            check(maxPixels);
            getter(ref image!);
            isCutOff = image is not null && ImageFile.IsCutOff(image);
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

        return !isCutOff ? image : throw new InvalidDataException(Explain($"the image file '{image!.Tag}' is cut off."));
    }

    private string Explain(string message) =>
        $"Column '{column.Name}' cannot be read in {text.Describe()}: {message}{(message.EndsWith('.') ? string.Empty : ".")}";
}
