namespace Road.Torch.Data;

/// <summary>One crop to come: of an image, for a class.</summary>
/// <param name="Slot">Its number among those that are drawn together.</param>
/// <param name="Class">The class that it is to show.</param>
/// <param name="Image">The id of the image.</param>
internal readonly record struct RareClassDraw(int Slot, byte Class, UInt128 Image);
