using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.MLNet.Tests.Data;
using Road.MLNet.Tests.Scoring;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace Road.MLNet.ImageSharp.Tests;

[TestClass]
public sealed class ConversionTests
{
    [TestMethod]
    public void PixelsGoThereAndBackUnchanged()
    {
        // More than ImageSharp keeps in one piece.
        byte[] pixels = new byte[4 * 1300 * 1000];
        new Random(1).NextBytes(pixels);
        foreach (MLPixelFormat format in (MLPixelFormat[])[MLPixelFormat.Bgra32, MLPixelFormat.Rgba32])
        {
            using MLImage image = MLImage.CreateFromPixels(1300, 1000, format, pixels);
            using Image<Bgra32> bgra = image.ToImageSharp<Bgra32>();
            using Image<Rgba32> rgba = image.ToImageSharp<Rgba32>();
            using MLImage fromBgra = bgra.ToMLImage();
            using MLImage fromRgba = rgba.ToMLImage();
            byte[] back = new byte[pixels.Length];
            rgba.CopyPixelDataTo(back);

            Assert.AreEqual(MLPixelFormat.Bgra32, fromBgra.PixelFormat);
            Assert.IsTrue(fromBgra.Pixels.SequenceEqual(fromRgba.Pixels));
            Assert.IsTrue(pixels.AsSpan().SequenceEqual(format == MLPixelFormat.Bgra32 ? fromBgra.Pixels : back));
            Bgra32 first = bgra[0, 0];
            Assert.AreEqual(new Rgba32(first.R, first.G, first.B, first.A), rgba[0, 0]);
            Assert.AreEqual(pixels[3], first.A);
            Assert.AreEqual(pixels[0], format == MLPixelFormat.Bgra32 ? first.B : first.R);
        }
    }

    [TestMethod]
    public void OtherPixelsBecomeBytes()
    {
        using Image<Rgb48> deep = new(2, 1);
        deep[1, 0] = new Rgb48(1 * 257, 128 * 257, 255 * 257);
        using MLImage image = deep.ToMLImage();
        using Image<L8> grey = image.ToImageSharp<L8>();

        CollectionAssert.AreEqual(new byte[] { 0, 0, 0, 255, 255, 128, 1, 255 }, image.Pixels.ToArray());
        Assert.AreEqual((2, 1), (grey.Width, grey.Height));
        Assert.AreEqual(0, grey[0, 0].PackedValue);
    }

    [TestMethod]
    public void ColoursAreNotMultipliedByTheirAlpha()
    {
        using TemporaryFolder folder = new();
        byte[] pixels = [200, 100, 50, 128, 10, 20, 30, 0, 9, 8, 7, 255];
        string path = folder.Write("clear.png", PictureFile.WithAlpha(3, 1, pixels));
        using Image<Rgba32> file = Image.Load<Rgba32>(path);

        using MLImage image = file.ToMLImage();
        using MLImage multiplied = MLImage.CreateFromFile(path);
        using Image<Rgba32> divided = multiplied.ToImageSharp<Rgba32>(isPremultiplied: true);

        CollectionAssert.AreEqual(new byte[] { 50, 100, 200, 128, 30, 20, 10, 0, 7, 8, 9, 255 }, image.Pixels.ToArray());
        Assert.AreNotEqual(200, multiplied.ToImageSharp<Rgba32>()[0, 0].R, "ML.NET multiplies.");
        Assert.AreEqual(200.0, divided[0, 0].R, 1.0);
        Assert.AreEqual(50.0, divided[0, 0].B, 1.0);
        Assert.AreEqual(new Rgba32(9, 8, 7, 255), divided[2, 0]);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    [DataRow(6)]
    [DataRow(7)]
    [DataRow(8)]
    public void PhotosStandAsTheyDoWhereTheFileIsRead(int orientation)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("photo.png", PictureFile.PngPhoto(orientation, 24, 40, isLast: false, isLittle: false));
        string jpeg = folder.Write("photo.jpg", PictureFile.Photo(orientation, 24, 40));
        using MLImage expected = ImageDecoder.Load(path, int.MaxValue, ImageOrientation.Upright);
        using MLImage photo = ImageDecoder.Load(jpeg, int.MaxValue, ImageOrientation.Upright);
        using Image image = Image.Load(path);

        using MLImage upright = image.ToMLImage();
        using MLImage fromFile = MLImage.CreateFromFileWithImageSharp(path);
        using MLImage fromJpeg = MLImage.CreateFromFileWithImageSharp(jpeg);
        image.Mutate(static picture => picture.AutoOrient());
        using MLImage turnedBefore = image.ToMLImage();

        Assert.AreEqual((24, 40), (expected.Width, expected.Height));
        Assert.IsTrue(expected.Pixels.SequenceEqual(upright.Pixels));
        Assert.IsTrue(expected.Pixels.SequenceEqual(fromFile.Pixels));
        Assert.IsTrue(expected.Pixels.SequenceEqual(turnedBefore.Pixels));
        Assert.AreEqual((24, 40), (fromJpeg.Width, fromJpeg.Height));
        Assert.IsTrue(photo.Pixels.SequenceEqual(fromJpeg.Pixels));
    }

    [TestMethod]
    public void AnImageIsScoredAsItsFileIs()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("photo.png", PictureFile.PngPhoto(6, 24, 40, isLast: false, isLittle: false));
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(new(1));
        foreach (ImageOrientation orientation in Enum.GetValues<ImageOrientation>())
        {
            transformer.ImageOrientation = orientation;
            using SegmentationResult expected = transformer.Segment(path);
            SegmentationResult result;
            using (Image image = Image.Load(path))
            {
                result = transformer.Segment(image);
            }

            using (result)
            {
                Assert.AreEqual((expected.Width, expected.Height), (result.Width, result.Height));
                Assert.IsTrue(expected.Labels.Keys.SequenceEqual(result.Labels.Keys));
                Assert.IsTrue(expected.Confidence.Span.SequenceEqual(result.Confidence.Span));
                Same(expected.Mask(), result.MaskAsImageSharp());
                Same(expected.Overlay(0.3), result.OverlayAsImageSharp(0.3));
                using Image<L8> labels = result.LabelsAsImageSharp();
                Assert.AreEqual(expected.Labels.Keys[^1] - 1, labels[labels.Width - 1, labels.Height - 1].PackedValue);
            }
        }

        using Image<Rgb24> late = new(24, 40);
        Assert.ThrowsExactly<OperationCanceledException>(() => transformer.Segment(late, new CancellationToken(canceled: true)));
        transformer.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => transformer.Segment(late));
    }

    private static void Same(MLImage expected, Image<Rgba32> picture)
    {
        using (expected)
        using (picture)
        {
            byte[] pixels = new byte[4 * picture.Width * picture.Height];
            picture.CopyPixelDataTo(pixels);
            Assert.IsTrue(expected.Pixels.SequenceEqual(pixels));
        }
    }
}
