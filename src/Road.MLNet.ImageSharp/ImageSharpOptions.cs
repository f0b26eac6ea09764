using Road.MLNet.Data;
using Road.Torch;

namespace Road.MLNet;

/// <summary>How images are read where ImageSharp may read them.</summary>
public sealed class ImageSharpOptions
{
    private int _maxPixels = PixelLimit.Default;
    private ImageOrientation _orientation = ImageOrientation.Upright;
    private ImageSharpFormats _formats = ImageSharpFormats.Added;

    /// <summary>
    /// The most pixels, width times height, that an image may have, 1 to 536,870,911; 2^28 by default. A larger one is refused by its
    /// header, before memory is taken for it, and what a decoder takes at once is bounded by the size that the header states.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int MaxPixels
    {
        get => _maxPixels;
        set => _maxPixels = PixelLimit.CheckOption(value);
    }

    /// <summary>Whether photos are turned as the orientation in their metadata says; upright by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the enumeration's.</exception>
    public ImageOrientation Orientation
    {
        get => _orientation;
        set => _orientation = OptionGuard.Defined(value);
    }

    /// <summary>
    /// The formats that are read by this package; by default those that <c>LoadImages</c> does not read, or cuts to 8 bits. Other files are
    /// decoded as <c>LoadImages</c> does, where it can.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is no format, or has one that is not the enumeration's.</exception>
    public ImageSharpFormats Formats
    {
        get => _formats;
        set => _formats = OptionGuard.Valid(
            value,
            value != ImageSharpFormats.None && (value & ~ImageSharpFormats.All) == 0,
            "one or more of Tiff, Pbm, Tga, Png and Bmp");
    }

    /// <summary>A copy, which later changes of this one do not reach.</summary>
    internal ImageSharpOptions Copy() => new() { MaxPixels = MaxPixels, Orientation = Orientation, Formats = Formats };
}
