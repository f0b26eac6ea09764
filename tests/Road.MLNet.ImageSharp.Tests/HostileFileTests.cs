using System.Buffers.Binary;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.MLNet.Tests.Data;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.PixelFormats;

namespace Road.MLNet.ImageSharp.Tests;

/// <summary>Damaged files, and such as are made to hurt, end in an error that names them, before they take memory.</summary>
[TestClass]
public sealed class HostileFileTests
{
    private const long Little = 16L << 20;

    private static readonly ImageSharpOptions Everything = new() { Formats = ImageSharpFormats.All, MaxPixels = 1 << 20 };

    public static IEnumerable<object[]> Files => Fixtures.AddedImages
        .Concat(Fixtures.CommonImages.Where(
            static file => Path.GetFileName(file) is "rgb24.bmp" or "grey-indexed.bmp" or "rgb16.png" or "interlaced16.png"))
        .Select(static file => new object[] { file });

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void WhatIsCutOffIsRefused(string file)
    {
        using TemporaryFolder folder = new();
        byte[] whole = File.ReadAllBytes(file);

        // The last bytes of a TIFF file may be tags that nobody needs, and a Targa file has a footer.
        for (int part = 1; part < 16; part++)
        {
            string cut = folder.Write("cut" + Path.GetExtension(file), whole[..(whole.Length * part / 16)]);
            InvalidDataException error = Assert.Throws<InvalidDataException>(
                () => MLImage.CreateFromFileWithImageSharp(cut, Everything).Dispose(), $"{part} of 16");
            StringAssert.Contains(error.Message, $"The image file '{cut}' ");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void WhatIsDamagedIsReadOrRefused(string file)
    {
        byte[] whole = File.ReadAllBytes(file);
        Random random = new(7);
        for (int i = 0; i < 40; i++)
        {
            byte[] damaged = [.. whole];
            for (int j = 0; j < 3; j++)
            {
                damaged[random.Next(Math.Min(damaged.Length, 200))] = (byte)random.Next(256);
            }

            try
            {
                MLImage.CreateFromStreamWithImageSharp(new MemoryStream(damaged), Everything).Dispose();
            }
            catch (InvalidDataException error)
            {
                StringAssert.StartsWith(error.Message, "The image stream ");
            }
        }
    }

    [TestMethod]
    public void CompressedTextsAreNotUnpacked()
    {
        byte[] png = File.ReadAllBytes(Fixtures.CommonImages.Single(static file => Path.GetFileName(file) == "rgb16.png"));
        byte[] text = [(byte)'a', 0, 0, .. PngWriter.Deflate(new byte[40 << 20])];
        byte[] bomb = [.. png[..33], .. PngWriter.Chunk("zTXt", text), .. png[33..]];

        Assert.IsLessThan(Little, Taken(() => MLImage.CreateFromStreamWithImageSharp(new MemoryStream(bomb)).Dispose()));
    }

    [TestMethod]
    public void OfManyPagesTheFirstIsRead()
    {
        using Image<Rgb24> pages = new(64, 64);
        for (int i = 0; i < 20; i++)
        {
            pages.Frames.CreateFrame();
        }

        using MemoryStream file = new();
        pages.Save(file, new TiffEncoder { Compression = SixLabors.ImageSharp.Formats.Tiff.Constants.TiffCompression.Deflate });
        var (format, info) = ImageSharpDecoder.ReadHeader(file, "file", int.MaxValue, ImageSharpFormats.Tiff)!.Value;
        using Image<Rgb24> read = ImageSharpDecoder.Decode<Rgb24>(file, "file", format, info, ImageSharpFormats.Tiff);

        Assert.AreEqual(1, read.Frames.Count);
    }

    [TestMethod]
    public void ASizeIsRefusedByTheHeader()
    {
        byte[] huge = File.ReadAllBytes(Fixtures.Image("plain.tga"));
        BinaryPrimitives.WriteUInt16LittleEndian(huge.AsSpan(12), 32000);
        BinaryPrimitives.WriteUInt16LittleEndian(huge.AsSpan(14), 32000);

        Assert.IsLessThan(
            Little, Taken(() => Refuses(huge, "its size of 32000 x 32000 is 1024000000 pixels, more than the limit of 268435456.")));
        huge.AsSpan(12, 4).Fill(byte.MaxValue);
        Refuses(huge, "its header is damaged");
        Assert.IsLessThan(Little, Taken(() => Refuses("P6 16000 16000 255 ..."u8.ToArray(), "The image stream is cut off.")));
        Refuses("P6 16000 160000 255 ..."u8.ToArray(), "more than the limit of 268435456.");
        Refuses("P6 16000 99999999999 255"u8.ToArray(), "its header has something else in the place of a number");
        Refuses("P5 1 1 9 a"u8.ToArray(), "a sample is more than the maximum that its header states");
        Refuses("P2 1 1 9 10"u8.ToArray(), "a sample is more than the maximum that its header states");
        Refuses("P2 2 1 9 5 x"u8.ToArray(), "a sample is no number");
        Refuses(
            File.ReadAllBytes(Fixtures.Image("plain.tif")), "its size of 40 x 24 is 960 pixels, more than the limit of 959.",
            new ImageSharpOptions { MaxPixels = 959 });
    }

    [TestMethod]
    public void StripsTakeNoMoreThanTheirImage()
    {
        // Pillow's second tag but one says how many bytes the only strip has: 2880.
        byte[] file = File.ReadAllBytes(Fixtures.Image("plain.tif"));
        int place = file.AsSpan().IndexOf((byte[])[0x17, 0x01, 0x04, 0x00, 0x01, 0x00, 0x00, 0x00]);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(place + 8), int.MaxValue);

        Assert.IsLessThan(Little, Taken(() => Refuses(file, "The image stream is ")));
    }

    [TestMethod]
    public void OtherFormatsAreNamed()
    {
        ImageSharpOptions tiff = new() { Formats = ImageSharpFormats.Tiff };
        Refuses(File.ReadAllBytes(Fixtures.Image("plain.tga")), "it is no image that can be decoded; it begins with the bytes 0000", tiff);
        Refuses(File.ReadAllBytes(Fixtures.Image("bits.pbm")), "it is no image that can be decoded; it begins with the bytes 5034", tiff);
        Refuses("<html>gone</html>"u8.ToArray(), "it is no image but text, which begins with '<html>gone</html>'");
        Refuses("version https://git-lfs.github.com/spec/v1"u8.ToArray(), "it is a pointer of Git LFS");
        Refuses([], "it is empty");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(static () => new ImageSharpOptions { Formats = (ImageSharpFormats)128 })
                .Message,
            "one or more of Tiff, Pbm");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(static () => new ImageSharpOptions { Formats = ImageSharpFormats.None });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(static () => new ImageSharpOptions { MaxPixels = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(static () => new ImageSharpOptions { Orientation = (ImageOrientation)7 });
    }

    private static long Taken(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Refuses(byte[] file, string message, ImageSharpOptions? options = null)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(
            () => MLImage.CreateFromStreamWithImageSharp(new MemoryStream(file), options).Dispose());
        StringAssert.Contains(error.Message, message);
    }
}
