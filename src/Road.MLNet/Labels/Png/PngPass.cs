namespace Road.MLNet.Data;

/// <summary>A reduced image within a PNG file: where its pixels lie in the full one.</summary>
internal readonly record struct PngPass(int X, int Y, int StepX, int StepY, int Width, int Height);
