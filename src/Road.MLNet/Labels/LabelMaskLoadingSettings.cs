using System.Text.Json.Serialization;

namespace Road.MLNet.Data;

/// <summary>What a saved label mask loader keeps.</summary>
internal sealed record LabelMaskLoadingSettings(
    string OutputColumnName, string InputColumnName, string? LabelFolder, LabelEncodingJson Encoding, int MaxPixels = PixelLimit.Default)
{
    /// <summary>Whether rows may have no mask; left out where they may not, so that versions that do not know it read the rest.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AllowsMissing { get; init; }
}
