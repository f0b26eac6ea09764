using System.Buffers;
using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Road.MLNet.Data;

/// <summary>The samples of a mask's file, taken out of the image that ImageSharp makes of it. All methods dispose the image.</summary>
internal static class MaskSamples
{
    /// <summary>Takes samples of 8 bits.</summary>
    /// <typeparam name="TPixel">Pixels of bytes, as many as the colour type has samples.</typeparam>
    /// <param name="image">The image.</param>
    /// <param name="type">Grey or RGB.</param>
    public static LabelPng Take<TPixel>(Image<TPixel> image, PngColorType type)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using (image)
        {
            PngHeader header = Header(image, 8, type);
            int count = image.Width * image.Height * header.SamplesPerPixel;
            byte[] samples = ArrayPool<byte>.Shared.Rent(count);
            image.CopyPixelDataTo(samples.AsSpan(0, count));
            return new LabelPng(header, samples, null, null, isRented: true);
        }
    }

    /// <summary>Takes samples of 16 bits.</summary>
    /// <typeparam name="TPixel">Pixels of 16-bit numbers, as many as the colour type has samples.</typeparam>
    /// <param name="image">The image.</param>
    /// <param name="type">Grey or RGB.</param>
    public static LabelPng Take16<TPixel>(Image<TPixel> image, PngColorType type)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using (image)
        {
            PngHeader header = Header(image, 16, type);
            int count = image.Width * image.Height * header.SamplesPerPixel;
            ushort[] samples = ArrayPool<ushort>.Shared.Rent(count);
            image.CopyPixelDataTo(MemoryMarshal.AsBytes(samples.AsSpan(0, count)));
            return new LabelPng(header, null, samples, null, isRented: true);
        }
    }

    /// <summary>Takes grey values of up to 8 bits, which ImageSharp stretches to 8.</summary>
    /// <param name="image">The image, of greys.</param>
    /// <param name="depth">Bits a sample, as they were written.</param>
    public static LabelPng TakeGreys(Image<Rgb24> image, int depth)
    {
        int factor = byte.MaxValue / ((1 << depth) - 1);
        return TakeEach(image, depth, PngColorType.Grey, null, color => (byte)(color.R / factor));
    }

    /// <summary>Takes a palette's indices.</summary>
    /// <param name="image">The image, of the palette's colours.</param>
    /// <param name="depth">Bits an index.</param>
    /// <param name="colors">The palette.</param>
    /// <exception cref="MaskFormException">The indices cannot be told by their colours.</exception>
    public static LabelPng TakeIndices(Image<Rgb24> image, int depth, MaskColors colors) =>
        TakeEach(image, depth, PngColorType.Palette, colors.Bytes, colors.Find);

    private static LabelPng TakeEach(Image<Rgb24> image, int depth, PngColorType type, byte[]? palette, Func<Rgb24, byte> find)
    {
        using (image)
        {
            PngHeader header = Header(image, depth, type);
            byte[] samples = ArrayPool<byte>.Shared.Rent(image.Width * image.Height);
            LabelPng mask = new(header, samples, null, palette, isRented: true);
            try
            {
                image.ProcessPixelRows(rows =>
                {
                    // Neighbours mostly have one colour, so most pixels cost a comparison.
                    Rgb24 last = rows.GetRowSpan(0)[0];
                    byte sample = find(last);
                    for (int y = 0; y < rows.Height; y++)
                    {
                        Span<byte> output = samples.AsSpan(y * rows.Width, rows.Width);
                        ReadOnlySpan<Rgb24> row = rows.GetRowSpan(y);
                        for (int x = 0; x < row.Length; x++)
                        {
                            if (row[x] != last)
                            {
                                last = row[x];
                                sample = find(last);
                            }

                            output[x] = sample;
                        }
                    }
                });
                return mask;
            }
            catch
            {
                mask.Dispose();
                throw;
            }
        }
    }

    private static PngHeader Header(Image image, int depth, PngColorType type) =>
        new(image.Width, image.Height, depth, type, Interlaced: false);
}
