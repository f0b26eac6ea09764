namespace Road.MLNet.Data;

/// <summary>What a saved image loader keeps.</summary>
internal sealed record ImageSharpLoadingSettings(
    string OutputColumnName, string InputColumnName, string? ImageFolder, int MaxPixels, ImageOrientation Orientation,
    ImageSharpFormats Formats);
