namespace Road.Torch.Data;

/// <summary>An augmented crop of a fixed size, with the window it shows.</summary>
/// <param name="Pixels">Row-major interleaved RGB, <c>size x size x 3</c> bytes.</param>
/// <param name="Labels">Row-major class indices, <c>size x size</c> bytes, or null for an unlabelled domain.</param>
/// <param name="Window">Where the crop lies in its image.</param>
/// <param name="Pass">How many times the domain had been walked through before this crop's sample, from 0.</param>
/// <param name="HasLabelledPixels">Whether any pixel of the whole image, in the crop or not, carries a label that counts.</param>
public sealed record Crop(byte[] Pixels, byte[]? Labels, CropWindow Window, long Pass, bool HasLabelledPixels);
