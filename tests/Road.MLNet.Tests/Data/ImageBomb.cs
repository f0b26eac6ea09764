namespace Road.MLNet.Tests.Data;

/// <summary>Files of some bytes that claim to be huge.</summary>
internal static class ImageBomb
{
    public const string Size = "60000 x 60000";

    /// <summary>A PNG file whose header claims 60000 x 60000 pixels, of which it has a row's worth at the most.</summary>
    public static byte[] Png(int colorType = 2) =>
        new PngWriter { Width = 60_000, Height = 60_000, ColorType = colorType }.Assemble(PngWriter.Deflate(new byte[60_000]));

    /// <summary>A JPEG file that claims 65500 x 65500 pixels.</summary>
    public static byte[] Jpeg(byte[] small)
    {
        // The frame's header: marker, length, bits, height, width.
        byte[] jpeg = [.. small];
        int frame = FindFrame(jpeg);
        jpeg[frame + 5] = jpeg[frame + 7] = 0xFF;
        jpeg[frame + 6] = jpeg[frame + 8] = 0xDC;
        return jpeg;
    }

    private static int FindFrame(byte[] jpeg)
    {
        for (int i = 0; i < jpeg.Length - 9; i++)
        {
            if (jpeg[i] == 0xFF && jpeg[i + 1] is (0xC0 or 0xC2))
            {
                return i;
            }
        }

        throw new AssertFailedException("The JPEG file has no frame.");
    }
}
