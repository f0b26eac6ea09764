using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streets.Video;

/// <summary>What ffprobe tells of a video.</summary>
/// <param name="FrameRate">The frames of a second, as a fraction, such as <c>30000/1001</c>.</param>
/// <param name="FrameCount">How many frames there are, as far as is known; null where nothing tells it.</param>
internal sealed record VideoFile(string FrameRate, int? FrameCount)
{
    /// <summary>The comment in the videos that <c>predict</c> writes.</summary>
    public const string Mark = "Road prediction";

    private static readonly string[] Rates = ["avg_frame_rate", "r_frame_rate"];

    /// <summary>Looks at a video.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no video.</exception>
    /// <exception cref="InvalidOperationException">ffprobe is not installed.</exception>
    public static VideoFile Probe(string file)
    {
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"There is no video '{file}'.", file);
        }

        JsonNode probed = Ask(
            file, "-select_streams", "v:0", "-show_entries", "stream=avg_frame_rate,r_frame_rate,nb_frames,duration:format=duration");
        if (probed["streams"]?.AsArray() is not [JsonNode stream])
        {
            throw new InvalidDataException($"'{file}' has no video stream.");
        }

        string rate = Rates.Select(name => (string?)stream[name]).FirstOrDefault(IsRate)
            ?? throw new InvalidDataException($"'{file}' does not say how many frames a second it has.");
        int? count = Number(stream["nb_frames"]) is { } frames ? (int)frames
            : (Number(stream["duration"]) ?? Number(probed["format"]?["duration"])) is { } seconds
                ? Math.Max(1, (int)Math.Round(seconds * Value(rate)))
            : null;
        return new VideoFile(rate, count);
    }

    /// <summary>Whether a file is a video that <c>predict</c> wrote.</summary>
    public static bool IsOwn(string file)
    {
        try
        {
            return Ask(file, "-show_entries", "format_tags")["format"]?["tags"] is JsonObject tags && tags.Any(
                static tag => tag.Key.Equals("comment", StringComparison.OrdinalIgnoreCase) && (string?)tag.Value == Mark);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static JsonNode Ask(string file, params IEnumerable<string> what)
    {
        using FfmpegProcess probe = FfmpegProcess.Start("ffprobe", ["-v", "error", .. what, "-of", "json", file]);
        using StreamReader reader = new(probe.Output);
        string json = reader.ReadToEnd();
        probe.Finish($"read '{file}'");
        try
        {
            return JsonNode.Parse(json)!;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"ffprobe said nothing that can be read of '{file}'.", error);
        }
    }

    private static bool IsRate(string? text) => text is not null && double.IsFinite(Value(text)) && Value(text) > 0;

    private static double Value(string rate)
    {
        string[] parts = rate.Split('/');
        return double.Parse(parts[0], CultureInfo.InvariantCulture)
            / (parts.Length > 1 ? double.Parse(parts[1], CultureInfo.InvariantCulture) : 1);
    }

    private static double? Number(JsonNode? node) =>
        double.TryParse((string?)node, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0 ? value : null;
}
