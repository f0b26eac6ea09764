using System.Collections.Concurrent;
using System.Numerics;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Tga;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.Metadata;

namespace Road.MLNet.Data;

/// <summary>
/// ImageSharp's configurations with no decoders but those asked for, and with a limit on what they take at once: a file of a few bytes may
/// claim rows, strips and tables of any size, which ImageSharp takes memory for before it reads them.
/// </summary>
internal static class ImageSharpConfigurations
{
    // A decoder's widest pixel, four floats, and what rounding up to a power of two adds.
    private const int BytesPerPixel = 16;
    private const int LeastMegabytes = 64;
    private const int PoolMegabytes = 64;

    private static readonly ConcurrentDictionary<(ImageSharpFormats, int), Configuration> Known = [];

    /// <summary>The configuration for what has not been looked at yet: a header, and the size that it states.</summary>
    public static Configuration ForHeaders(ImageSharpFormats formats) => ForPixels(formats, 0);

    /// <summary>The configuration for the decoding of an image.</summary>
    /// <param name="formats">The formats that are decoded.</param>
    /// <param name="pixels">The image's width times its height.</param>
    public static Configuration ForPixels(ImageSharpFormats formats, long pixels)
    {
        long megabytes = (long)BitOperations.RoundUpToPowerOf2((ulong)(pixels * BytesPerPixel)) >> 20;
        return Known.GetOrAdd((formats, (int)Math.Max(LeastMegabytes, megabytes)), static key => Create(key.Item1, key.Item2));
    }

    private static Configuration Create(ImageSharpFormats formats, int megabytes)
    {
        Configuration configuration = new()
        {
            MemoryAllocator = MemoryAllocator.Create(
                new MemoryAllocatorOptions { AllocationLimitMegabytes = megabytes, MaximumPoolSizeMegabytes = PoolMegabytes }),
            PreferContiguousImageBuffers = true,
        };
        foreach ((ImageSharpFormats format, IConfigurationModule module) in new (ImageSharpFormats, IConfigurationModule)[]
        {
            (ImageSharpFormats.Tiff, new TiffConfigurationModule()),
            (ImageSharpFormats.Tga, new TgaConfigurationModule()),
            (ImageSharpFormats.Png, new PngConfigurationModule()),
            (ImageSharpFormats.Bmp, new BmpConfigurationModule()),
        })
        {
            if (formats.HasFlag(format))
            {
                configuration.Configure(module);
            }
        }

        if (formats.HasFlag(ImageSharpFormats.Tiff))
        {
            // Each further page would take memory of its own, and a file may list one page thousands of times.
            configuration.ImageFormatsManager.SetDecoder(
                TiffFormat.Instance, new TiffDecoder { DecodingMode = FrameDecodingMode.First });
        }

        if (formats.HasFlag(ImageSharpFormats.Png))
        {
            // Compressed texts grow to a thousand times their size; the orientation is read without ImageSharp.
            configuration.ImageFormatsManager.SetDecoder(PngFormat.Instance, new PngDecoder { IgnoreMetadata = true });
        }

        return configuration;
    }
}
