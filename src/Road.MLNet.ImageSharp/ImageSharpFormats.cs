namespace Road.MLNet;

/// <summary>Formats of image files that this package reads. All others are left to what decodes the images of <c>LoadImages</c>.</summary>
[Flags]
public enum ImageSharpFormats
{
    /// <summary>None, which no loader takes.</summary>
    None = 0,

    /// <summary>TIFF in strips, of its first page alone, by ImageSharp.</summary>
    Tiff = 1,

    /// <summary>
    /// PBM, PGM and PPM, plain and binary. Not by ImageSharp, which exchanges the bytes of 16 bits and stretches other values by a whole
    /// number.
    /// </summary>
    Pbm = 2,

    /// <summary>Targa, by ImageSharp.</summary>
    Tga = 4,

    /// <summary>PNG of 16 bits a sample, by ImageSharp, which rounds them to 8. Other PNG files are the same by either decoder.</summary>
    Png = 8,

    /// <summary>BMP, by ImageSharp.</summary>
    Bmp = 16,

    /// <summary>What <c>LoadImages</c> does not read, or cuts to 8 bits: TIFF, PBM, Targa and PNG.</summary>
    Added = Tiff | Pbm | Tga | Png,

    /// <summary>All of them.</summary>
    All = Added | Bmp,
}
