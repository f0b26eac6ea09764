using Microsoft.ML.Data;

namespace Road.MLNet.Data;

/// <summary>Reads a file into a value.</summary>
internal delegate void RowFileReader<T>(string file, ref T value);

/// <summary>Reads files that rows name; what goes wrong is said with column, row and file.</summary>
internal static class RowFile
{
    /// <summary>Reads a row's file.</summary>
    /// <param name="column">The column that it is read for.</param>
    /// <param name="row">The row.</param>
    /// <param name="kind">What messages call such a file.</param>
    /// <param name="file">The file.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="value">What it is read into.</param>
    /// <exception cref="InvalidDataException">It is damaged, or of another kind.</exception>
    /// <exception cref="IOException">It is missing, no regular file, or cannot be read.</exception>
    public static void Read<T>(string column, DataViewRowId row, string kind, string file, RowFileReader<T> read, ref T value)
    {
        try
        {
            read(file, ref value);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException(Describe(column, row) + exception.Message, exception);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"{Describe(column, row)}the {kind} '{file}' does not exist.", file, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException($"{Describe(column, row)}cannot read the {kind} '{file}': {exception.Message}", exception);
        }
    }

    /// <summary>How messages begin that tell of a row.</summary>
    public static string Describe(string column, DataViewRowId row) => $"Column '{column}', row {RowText.Number(row)}: ";
}
