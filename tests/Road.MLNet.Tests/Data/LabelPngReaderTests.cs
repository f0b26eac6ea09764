using System.Buffers.Binary;
using Road.MLNet.Data;
using SkiaSharp;

namespace Road.MLNet.Tests.Data;

[TestClass]
public sealed class LabelPngReaderTests
{
    private static readonly byte[] GreyPalette = [
        .. Enumerable.Range(0, 256).SelectMany(i => new[] { (byte)i, (byte)(255 - i), (byte)(i ^ 7) })];

    private static readonly (int Type, int[] Depths)[] ColorTypes =
    [
        (0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16]),
    ];

    public static IEnumerable<object[]> Forms =>
        from form in ColorTypes
        from depth in form.Depths
        from interlaced in Enumerable.Range(0, 2)
        select new object[] { form.Type, depth, interlaced == 1 };

    [TestMethod]
    [DynamicData(nameof(Forms))]
    public void EveryFormAndFilterGivesTheSamplesThatWereWritten(int colorType, int bitDepth, bool interlaced)
    {
        foreach ((int width, int height) in new[] { (1, 1), (3, 2), (5, 5), (8, 8), (67, 41) })
        {
            foreach (int filter in new[] { 0, 1, 2, 3, 4, -1 })
            {
                var writer = new PngWriter
                {
                    Width = width,
                    Height = height,
                    ColorType = colorType,
                    BitDepth = bitDepth,
                    Interlaced = interlaced,
                    Palette = colorType == 3 ? GreyPalette[..(3 << bitDepth)] : null,
                    Filter = row => filter < 0 ? row % 5 : filter,
                    ChunkSize = filter == 2 ? 7 : int.MaxValue,
                };
                int channels = writer.SamplesPerPixel;
                foreach (ushort[] samples in new[] { RandomSamples(width * height * channels, bitDepth), Patches(
                    width, height, channels, bitDepth) })
                {
                    LabelPng png = Decode(writer.Encode(samples));

                    Assert.AreEqual((width, height, channels), (png.Width, png.Height, png.SamplesPerPixel));
                    CollectionAssert.AreEqual(samples, Samples(png), $"{width} x {height}, filter {filter}");
                    Assert.AreEqual(colorType == 3, png.Palette is not null);
                }
            }
        }
    }

    [TestMethod]
    [DataRow(SKColorType.Gray8, 1)]
    [DataRow(SKColorType.Rgba8888, 4)]
    public void AgreesWithSkiaWhereSkiaIsExact(SKColorType colorType, int channels)
    {
        var random = new Random(5);
        using var bitmap = new SKBitmap(new SKImageInfo(61, 33, colorType, SKAlphaType.Opaque));
        var pixels = new byte[bitmap.ByteCount];
        random.NextBytes(pixels);
        for (int i = 3; channels == 4 && i < pixels.Length; i += 4)
        {
            pixels[i] = 255;
        }

        System.Runtime.InteropServices.Marshal.Copy(pixels, 0, bitmap.GetPixels(), pixels.Length);
        using SKData file = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        LabelPng png = Decode(file.ToArray());

        Assert.AreEqual((61, 33), (png.Width, png.Height));
        for (int i = 0; i < 61 * 33; i++)
        {
            for (int c = 0; c < Math.Min(3, png.SamplesPerPixel); c++)
            {
                byte expected = bitmap.GetPixelSpan()[(i / 61 * bitmap.RowBytes) + (i % 61 * channels) + c];
                Assert.AreEqual(expected, png.Bytes![(i * png.SamplesPerPixel) + c], $"pixel {i}, channel {c}");
            }
        }
    }

    [TestMethod]
    public void SkiaReadsWhatTheTestsWriterWrites()
    {
        ushort[] samples = RandomSamples(31 * 17 * 3, 8);
        byte[] file = new PngWriter { Width = 31, Height = 17, ColorType = 2, Filter = row => row % 5 }.Encode(samples);

        using SKBitmap bitmap = SKBitmap.Decode(file);
        for (int i = 0; i < 31 * 17; i++)
        {
            SKColor color = bitmap.GetPixel(i % 31, i / 31);
            Assert.AreEqual((samples[3 * i], samples[(3 * i) + 1], samples[(3 * i) + 2]), (color.Red, color.Green, color.Blue));
        }
    }

    [TestMethod]
    public void EveryFlippedByteOfAChunkIsNoticed()
    {
        byte[] file = PngWriter.Write(4, 3, [.. Enumerable.Range(0, 12).Select(i => (byte)(i * 19))]);
        for (int i = 0; i < file.Length; i++)
        {
            byte[] damaged = [.. file];
            damaged[i] ^= 0x10;
            InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => Decode(damaged), $"byte {i}");
            StringAssert.StartsWith(error.Message, "Cannot read the label mask 'mask.png': ");
        }
    }

    [TestMethod]
    public void EveryTruncationIsNoticed()
    {
        byte[] file = PngWriter.Write(4, 3, [.. Enumerable.Range(0, 12).Select(i => (byte)(i * 19))]);
        for (int length = 0; length < file.Length; length++)
        {
            Assert.ThrowsExactly<InvalidDataException>(() => Decode(file[..length]), $"{length} bytes");
        }
    }

    [TestMethod]
    public void EveryTruncationOfTheCompressedDataIsNoticed()
    {
        var writer = new PngWriter { Width = 4, Height = 3 };
        byte[] compressed = PngWriter.Deflate(writer.FilteredRows(RandomSamples(12, 8)));
        for (int length = 0; length < compressed.Length; length++)
        {
            Assert.ThrowsExactly<InvalidDataException>(
                () => Decode(writer.Assemble(compressed[..length])), $"{length} of {compressed.Length} bytes");
        }
    }

    [TestMethod]
    public void WrongAdlerChecksumIsNoticed()
    {
        var writer = new PngWriter { Width = 4, Height = 3 };
        byte[] compressed = PngWriter.Deflate(writer.FilteredRows(RandomSamples(12, 8)));
        compressed[^1] ^= 1;
        AssertRefused(writer.Assemble(compressed), "the Adler-32 checksum of its data is wrong");
    }

    [TestMethod]
    public void ChecksumsOfLongDataAreRight()
    {
        // 0xFF throughout is where an overflowing sum would show.
        byte[] ones = new byte[100_003];
        Array.Fill(ones, (byte)255);
        byte[] random = new byte[70_001];
        new Random(1).NextBytes(random);
        foreach (byte[] data in new[] { ones, random, [0], [7, 8], ones[..5552], random[..5553] })
        {
            byte[] compressed = PngWriter.Deflate(data);
            Assert.AreEqual(
                BinaryPrimitives.ReadUInt32BigEndian(compressed.AsSpan(compressed.Length - 4)),
                Adler32.Compute(data), $"{data.Length} bytes");
        }

        Assert.AreEqual(0xCBF43926u, Crc32.Compute("123456789"u8), "the check value of CRC-32");
    }

    [TestMethod]
    public void WrongChecksumNamesTheChunk()
    {
        byte[] file = PngWriter.Write(4, 3, new byte[12]);
        int data = file.AsSpan().IndexOf("IDAT"u8);
        file[data + 6] ^= 1;
        AssertRefused(file, "the checksum of its IDAT chunk at byte");
    }

    [TestMethod]
    public void DataBeyondTheHeadersSizeIsNotInflated()
    {
        var writer = new PngWriter { Width = 4, Height = 3 };
        AssertRefused(writer.Assemble(PngWriter.Deflate(new byte[50_000_000])), "its data holds more than the header's 15 bytes");
    }

    [TestMethod]
    public void SizeThatTheDataCannotFillIsRefusedBeforeAllocating()
    {
        byte[] file = new PngWriter { Width = 30000, Height = 30000 }.Assemble(PngWriter.Deflate(new byte[100]));
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(file, "cannot hold 30000 x 30000 pixels");
        Assert.IsLessThan(1_000_000L, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    [DataRow(0, 1, "its size is 0 x 1")]
    [DataRow(1, 0, "its size is 1 x 0")]
    [DataRow(-1, 1, "its size is")]
    [DataRow(int.MaxValue, int.MaxValue, "take more than 1024 MiB")]
    public void ImpossibleSizesAreRefused(int width, int height, string expected) =>
        AssertRefused(new PngWriter { Width = width, Height = height }.Assemble([1, 2, 3]), expected);

    [TestMethod]
    [DataRow(0, 3)]
    [DataRow(1, 8)]
    [DataRow(2, 4)]
    [DataRow(3, 16)]
    [DataRow(4, 1)]
    [DataRow(7, 8)]
    public void FormsThatPngDoesNotHaveAreRefused(int colorType, int bitDepth) =>
        AssertRefused(
            new PngWriter { Width = 1, Height = 1, ColorType = colorType, BitDepth = bitDepth }.Assemble([1]),
            $"colour type {colorType}, {bitDepth} bits");

    [TestMethod]
    public void UnknownFilterIsRefused() =>
        AssertRefused(new PngWriter { Width = 2, Height = 2, Filter = row => row * 5 }.Encode(new ushort[4]), "row 1 has the filter 5");

    [TestMethod]
    public void PaletteImageWithoutPaletteIsRefused() =>
        AssertRefused(new PngWriter { Width = 2, Height = 2, ColorType = 3 }.Encode(new ushort[4]), "its palette is missing");

    [TestMethod]
    public void UnknownChunkIsSkippedUnlessItIsMarkedAsNeeded()
    {
        byte[] file = PngWriter.Write(2, 2, [1, 2, 3, 4]);
        byte[] With(string type) => [.. file[..33], .. PngWriter.Chunk(type, [9]), .. file[33..]];

        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4 }, Decode(With("roAd")).Bytes);
        AssertRefused(With("ROAd"), "its chunk ROAd is unknown");
    }

    [TestMethod]
    public void FilesThatAreNotPngAreNamed()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("picture.png", "JFIF");
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => LabelPngReader.Read(path));
        Assert.AreEqual($"Cannot read the label mask '{path}': it is not a PNG file.", error.Message);

        Assert.ThrowsExactly<FileNotFoundException>(() => LabelPngReader.Read(folder.Combine("missing.png")));
    }

    [TestMethod]
    public void ReadsFromAFile()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("mask.png", PngWriter.Write(2, 2, [1, 2, 3, 255]));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 255 }, LabelPngReader.Read(path).Bytes);
    }

    [TestMethod]
    public void RentedSamplesAreTheSameAndAreGivenBackOnce()
    {
        using var folder = new TemporaryFolder();
        ushort[] samples = RandomSamples(61 * 37 * 3, 16);
        string deep = folder.Write(
            "deep.png", new PngWriter { Width = 61, Height = 37, ColorType = 2, BitDepth = 16, Filter = row => row % 5 }.Encode(samples));
        string grey = folder.Write("grey.png", PngWriter.Write(3, 1, [7, 8, 9]));
        for (int round = 0; round < 3; round++)
        {
            using LabelPng first = LabelPngReader.Read(deep, rent: true);
            using LabelPng second = LabelPngReader.Read(deep, rent: true);
            using LabelPng third = LabelPngReader.Read(grey, rent: true);
            Assert.AreNotSame(first.Words, second.Words);
            CollectionAssert.AreEqual(samples, first.Words![..samples.Length]);
            CollectionAssert.AreEqual(samples, second.Words![..samples.Length]);
            CollectionAssert.AreEqual(new byte[] { 7, 8, 9 }, third.Bytes![..3]);
            first.Dispose();
        }
    }

    [TestMethod]
    [DataRow((1 << 29) - 1, 1, 16, 0)]
    [DataRow((1 << 28) - 1, 1, 8, 6)]
    [DataRow((1 << 27) + 1, 2, 8, 0)]
    [DataRow((1 << 24) + 1, 1, 16, 6)]
    public void ARowThatTakesMemoryBesideTheMaskIsRefused(int width, int height, int bits, int colorType)
    {
        byte[] file = new PngWriter { Width = width, Height = height, BitDepth = bits, ColorType = colorType }.Assemble(new byte[1 << 20]);
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(
            () => LabelPngReader.Decode([.. file], file.Length, "mask.png", int.MaxValue));
        StringAssert.Contains(
            error.Message, $"Cannot read the label mask 'mask.png': a row of its {width} x {height} pixels takes more than 128 MiB.");
    }

    [TestMethod]
    public void MorePixelsThanTheLimitAreRefusedByTheHeader()
    {
        byte[] file = ImageBomb.Png(colorType: 0);
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => Decode(file));
        Assert.Contains("take more than 1024 MiB", error.Message);
        file = new PngWriter { Width = 16_400, Height = 16_400, BitDepth = 1 }.Assemble(PngWriter.Deflate(new byte[16_400 * 2051]));
        error = Assert.ThrowsExactly<InvalidDataException>(() => Decode(file));
        Assert.Contains("'mask.png': its size of 16400 x 16400 is 268960000 pixels, more than the limit of 268435456.", error.Message);
    }

    private static void AssertRefused(byte[] file, string expected) =>
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => Decode(file)).Message, expected);

    private static LabelPng Decode(byte[] file) => LabelPngReader.Decode([.. file], file.Length, "mask.png");

    private static ushort[] Samples(LabelPng png) => png.Words ?? [.. png.Bytes!.Select(value => (ushort)value)];

    private static ushort[] RandomSamples(int count, int bitDepth)
    {
        var random = new Random(count + bitDepth);
        return [.. Enumerable.Range(0, count).Select(_ => (ushort)random.Next(1 << bitDepth))];
    }

    // Areas of one value, as masks have them, under a slanted edge so that rows repeat in part.
    private static ushort[] Patches(int width, int height, int channels, int bitDepth)
    {
        var random = new Random(width + bitDepth);
        ushort[] values = [.. Enumerable.Range(0, 16 * channels).Select(_ => (ushort)random.Next(1 << bitDepth))];
        return [.. Enumerable.Range(0, width * height * channels).Select(i =>
        {
            int x = i / channels % width, y = i / channels / width;
            return values[(((x + (y / 3)) / 11 % 4) + (4 * (y / 6 % 4))) * channels + (i % channels)];
        })];
    }

    [TestMethod]
    [DataRow("II*\0", "TIFF file; convert it to PNG")]
    [DataRow("MM\0*", "TIFF file; convert it to PNG")]
    [DataRow("BM", "BMP file; convert it to PNG")]
    [DataRow("\u00FF\u00D8\u00FF", "JPEG file, whose values are no longer those that were drawn")]
    public void AMaskOfAnotherFormatIsToldSo(string start, string told)
    {
        byte[] file = [.. System.Text.Encoding.Latin1.GetBytes(start), .. new byte[40]];
        string message = Assert.ThrowsExactly<InvalidDataException>(() => LabelPngReader.Decode(file, file.Length, "a.tif")).Message;
        StringAssert.Contains(message, "'a.tif': it is not a PNG file but a " + told);
    }
}
