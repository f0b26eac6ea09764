using Microsoft.ML.Data;
using SkiaSharp;

namespace Road.MLNet.Reports;

/// <summary>Pictures inside a page, as data URIs.</summary>
internal static class PagePicture
{
    // Pages are looked at on screens; a photo of a camera's size would only make them slow.
    private const int LongestSide = 640;

    /// <summary>A photo, as JPEG.</summary>
    public static string Photo(MLImage photo)
    {
        using MLImage small = Shrink(photo, blends: true);
        using SKData jpeg = Data.ImageEncoding.Jpeg(small);
        return $"data:image/jpeg;base64,{Convert.ToBase64String(jpeg.Span)}";
    }

    /// <summary>A mask in the classes' colours, as PNG.</summary>
    public static string Mask(MLImage mask)
    {
        using MLImage small = Shrink(mask, blends: false);
        using SKData png = Data.ImageEncoding.Png(small);
        return $"data:image/png;base64,{Convert.ToBase64String(png.Span)}";
    }

    private static MLImage Shrink(MLImage image, bool blends)
    {
        double scale = Math.Min(1, (double)LongestSide / Math.Max(image.Width, image.Height));
        return SegmentationDrawing.Resize(
            image, Math.Max(1, (int)(image.Width * scale)), Math.Max(1, (int)(image.Height * scale)), blends);
    }
}
