namespace Road.MLNet.Data;

/// <summary>What a saved label mask loader keeps.</summary>
internal sealed record LabelMaskLoadingSettings(
    string OutputColumnName, string InputColumnName, string? LabelFolder, LabelEncodingJson Encoding, int MaxPixels = PixelLimit.Default);
