using System.Numerics.Tensors;
using Microsoft.ML.Data;
using Road.MLNet;
using Road.MLNet.Data;
using Road.Torch.Data;
using SkiaSharp;

namespace WebDemo.Segmentation;

/// <summary>Pictures of classes and confidences whose values are exact.</summary>
internal static class PixelPng
{
    /// <summary>A value a pixel, each with a colour: viewers show the colours, and programs read the values.</summary>
    /// <param name="ids">The values, row-major, each below the number of colours.</param>
    /// <param name="size">The picture's size.</param>
    /// <param name="colors">The colours of the values, 1 to 254.</param>
    public static byte[] Encode(byte[] ids, ImageSize size, IReadOnlyList<RgbColor> colors)
    {
        byte[] keys = new byte[ids.Length];
        TensorPrimitives.Add(ids, (byte)1, keys);
        using MemoryStream file = new();
        new LabelMask(keys, size.Width, size.Height).SavePng(file, colors);
        return file.ToArray();
    }

    /// <summary>Three values a pixel: the class, its confidence and 0, as red, green and blue.</summary>
    public static byte[] Encode(SegmentedPixels pixels)
    {
        byte[] samples = new byte[4 * pixels.Ids.Length];
        for (int i = 0; i < pixels.Ids.Length; i++)
        {
            samples[4 * i] = pixels.Ids[i];
            samples[(4 * i) + 1] = pixels.Confidences[i];
            samples[(4 * i) + 3] = byte.MaxValue;
        }

        using MLImage image = MLImage.CreateFromPixels(pixels.Width, pixels.Height, MLPixelFormat.Rgba32, samples);
        using SKData png = ImageEncoding.Png(image);
        return png.ToArray();
    }
}
