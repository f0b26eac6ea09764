using System.Globalization;
using Microsoft.ML.Data;

namespace Road.MLNet.Data;

/// <summary>Takes an image's colours for the samples of a label mask.</summary>
internal static class ImageMask
{
    private const int BytesPerPixel = 4;
    private const int Alpha = 3;
    private const byte Opaque = 255;

    /// <summary>The samples of an image: grey where it is grey throughout, since ids are written so, else red, green and blue.</summary>
    /// <param name="image">The image; it stays its owner's.</param>
    /// <exception cref="InvalidDataException">A pixel is not opaque; the message has its place.</exception>
    /// <exception cref="NotSupportedException">The image has another pixel format than 32-bit BGRA or RGBA.</exception>
    public static LabelPng Of(MLImage image)
    {
        byte[] colors = ImagePixels.Decode(image, size: null).Pixels;
        ReadOnlySpan<byte> pixels = image.Pixels;
        bool isGrey = true;
        for (int i = 0; i < pixels.Length / BytesPerPixel; i++)
        {
            if (pixels[(BytesPerPixel * i) + Alpha] != Opaque)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The label mask in memory is transparent at the pixel ({i % image.Width}, {i / image.Width}), where a colour may be "
                    + $"another than the mask's; it must be opaque."));
            }

            isGrey &= colors[3 * i] == colors[(3 * i) + 1] && colors[3 * i] == colors[(3 * i) + 2];
        }

        PngHeader header = new(image.Width, image.Height, 8, isGrey ? PngColorType.Grey : PngColorType.Rgb, Interlaced: false);
        return new LabelPng(header, isGrey ? Every(colors, 3) : colors, words: null, palette: null, isRented: false);
    }

    private static byte[] Every(byte[] values, int step)
    {
        byte[] result = new byte[values.Length / step];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = values[i * step];
        }

        return result;
    }
}
