using System.Globalization;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.Torch.Data;
using SkiaSharp;

namespace WebDemo.Segmentation;

/// <summary>A picture that came in: upright, and scaled down to what the network is to see.</summary>
/// <param name="Image">What the network sees.</param>
/// <param name="Size">The size of the picture that came in, as people see it.</param>
internal sealed record Picture(MLImage Image, ImageSize Size) : IDisposable
{
    /// <summary>Decodes a file.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="maxPixels">The most pixels that it may have.</param>
    /// <param name="networkPixels">The most pixels that the network is to see.</param>
    /// <exception cref="PictureException">It is no image, damaged, or too large.</exception>
    public static Picture Decode(ReadOnlyMemory<byte> file, int maxPixels, int networkPixels)
    {
        using SKData data = SKData.CreateCopy(file.Span);
        using SKCodec codec = SKCodec.Create(data) ?? throw new PictureException(
            PictureFault.Unusable, "The file is no picture that can be read: it must be a JPEG, PNG, WebP, BMP or GIF.");
        (int width, int height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height > maxPixels)
        {
            throw new PictureException(PictureFault.TooLarge, string.Create(
                CultureInfo.InvariantCulture,
                $"The picture has {width} x {height} = {(long)width * height:N0} pixels; the limit is {maxPixels:N0}."));
        }

        double scale = Math.Min(1, Math.Sqrt((double)networkPixels / ((long)width * height)));
        SKSizeI seen = new(Math.Max(1, (int)(width * scale)), Math.Max(1, (int)(height * scale)));
        using SKBitmap stored = Read(codec, seen, scale);
        using SKBitmap scaled = stored.Info.Size == seen ? stored.Copy() : Resize(stored, seen);
        MLImage image = ImageTurn.Apply(
            scaled.GetPixelSpan(), scaled.Width, scaled.Height, MLPixelFormat.Bgra32, codec.EncodedOrigin);
        bool isTurned = codec.EncodedOrigin >= SKEncodedOrigin.LeftTop;
        return new Picture(image, isTurned ? new ImageSize(height, width) : new ImageSize(width, height));
    }

    public void Dispose() => Image.Dispose();

    /// <summary>Reads the pixels; of a JPEG no more than are needed, which takes a fraction of the time and the memory.</summary>
    private static SKBitmap Read(SKCodec codec, SKSizeI least, double scale)
    {
        SKSizeI size = codec.GetScaledDimensions((float)scale);
        if (size.Width < least.Width || size.Height < least.Height)
        {
            size = codec.Info.Size;
        }

        bool isOpaque = codec.Info.AlphaType == SKAlphaType.Opaque;
        SKBitmap bitmap = new(new SKImageInfo(
            size.Width, size.Height, SKColorType.Bgra8888, isOpaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul));
        SKCodecResult result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
        {
            bitmap.Dispose();
            throw new PictureException(
                PictureFault.Unusable,
                result == SKCodecResult.IncompleteInput ? "The picture's file is cut off." : "The picture's file is damaged.");
        }

        return bitmap;
    }

    private static SKBitmap Resize(SKBitmap bitmap, SKSizeI size)
    {
        // Medium averages what a smaller pixel covers.
        return bitmap.Resize(bitmap.Info.WithSize(size.Width, size.Height), SKFilterQuality.Medium)
            ?? throw new PictureException(PictureFault.Unusable, "The picture cannot be scaled.");
    }
}
