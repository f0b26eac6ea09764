using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.MLNet.Tests.Scoring;

namespace Road.MLNet.Tests.Data;

[TestClass]
public sealed class ImageFileTests
{
    [TestMethod]
    [DataRow("image.png")]
    [DataRow("image.jpg")]
    public void WhateverLengthTheDecoderTakesACutOffFileIsFound(string name)
    {
        using var folder = new TemporaryFolder();
        byte[] whole = Save(folder, name, 40, 30);
        int taken = 0;
        for (int length = 0; length < whole.Length - 12; length += 13)
        {
            string path = folder.Write("cut-" + name, whole[..length]);
            if (TryLoad(path) is { } image)
            {
                taken++;
                Assert.IsTrue(ImageFile.IsCutOff(image), $"{length} of {whole.Length} bytes");
                image.Dispose();
            }
        }

        Assert.IsGreaterThan(10, taken, "the decoder takes cut-off files");
    }

    [TestMethod]
    [DataRow("image.png", 40, 30)]
    [DataRow("image.jpg", 40, 30)]
    [DataRow("image.png", 400, 300)]
    [DataRow("image.jpg", 400, 300)]
    public void AWholeFileIsNotCutOffWhateverFollowsIt(string name, int width, int height)
    {
        using var folder = new TemporaryFolder();
        byte[] whole = Save(folder, name, width, height);
        Assert.IsFalse(IsCutOff(folder.Write(name, whole)));
        Assert.IsFalse(IsCutOff(folder.Write(name, [.. whole, .. new byte[100_000]])));
    }

    [TestMethod]
    public void TheEndOfAThumbnailIsNotTheEndOfItsJpegFile()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = Save(folder, "image.jpg", 40, 30);
        byte[] withThumbnail = [0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 1, 2, 0xFF, 0xD9, .. whole.AsSpan(2)];
        Assert.IsFalse(IsCutOff(folder.Write("image.jpg", withThumbnail)));
        Assert.IsTrue(IsCutOff(folder.Write("image.jpg", withThumbnail[..^20])));
    }

    [TestMethod]
    public void ImagesFromNoFileAreNotCutOff()
    {
        using MLImage image = ScoringFixture.CreateImage(1, 8, 8);
        Assert.IsFalse(ImageFile.IsCutOff(image));
        image.Tag = "camera 3";
        Assert.IsFalse(ImageFile.IsCutOff(image));
    }

    private static byte[] Save(TemporaryFolder folder, string name, int width, int height)
    {
        using MLImage image = ScoringFixture.CreateImage(1, width, height);
        string path = folder.Combine(name);
        image.Save(path);
        return File.ReadAllBytes(path);
    }

    private static bool IsCutOff(string path)
    {
        using MLImage image = TryLoad(path)!;
        return ImageFile.IsCutOff(image);
    }

    /// <summary>Loads an image as <c>LoadImages</c> does.</summary>
    private static MLImage? TryLoad(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            MLImage image = MLImage.CreateFromStream(stream);
            image.Tag = path;
            return image;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
