using System.Text.Json;
using System.Text.Json.Nodes;
using SkiaSharp;

namespace Streets.Convert;

/// <summary>What the readers of JSON share.</summary>
internal static class AnnotationJson
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is no JSON; the message names it.</exception>
    public static JsonNode Read(string file)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            return JsonNode.Parse(stream) ?? throw new InvalidDataException($"'{file}' is empty.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"'{file}' is no JSON: {error.Message}", error);
        }
    }

    /// <summary>Does work on a file's content, whose errors name the file.</summary>
    /// <exception cref="InvalidDataException">The content is not as expected; the message names the file and the place in it.</exception>
    public static T Guard<T>(string place, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or OverflowException or NullReferenceException
            or ArgumentException or InvalidDataException or IndexOutOfRangeException)
        {
            string what = error is InvalidDataException ? error.Message : "it has another form than expected";
            throw new InvalidDataException($"{place}: {what}.", error);
        }
    }

    /// <summary>Points as pairs of numbers.</summary>
    public static SKPoint[] Points(JsonNode? points) =>
        [.. points!.AsArray().Select(static point => new SKPoint((float)point![0]!, (float)point[1]!))];
}
