using Road.Files;
using Road.Torch.Weights;

namespace Road.Torch.Tests.Files;

[TestClass]
public sealed class InputFileTests
{
    [TestMethod]
    [DynamicData(nameof(SpecialFiles.Kinds), typeof(SpecialFiles))]
    public void WhatIsNoRegularFileIsRefusedByNameWithoutOpeningIt(string kind, string description)
    {
        using TemporaryFolder folder = new();
        string path = folder["input"];
        SpecialFiles.Make(kind, path);

        string expected = $"The test file '{path}' is {description}; it must be a regular file.";
        Assert.AreEqual(expected, Assert.ThrowsExactly<IOException>(() => InputFile.Open(path, "test file").Dispose()).Message);
        Assert.AreEqual(expected, Assert.ThrowsExactly<IOException>(() => InputFile.ReadAllBytes(path, "test file")).Message);
    }

    [TestMethod]
    [DynamicData(nameof(SpecialFiles.Kinds), typeof(SpecialFiles))]
    public void WeightsThatAreNoRegularFileAreRefusedByName(string kind, string description)
    {
        using TemporaryFolder folder = new();
        string path = folder["weights.safetensors"];
        SpecialFiles.Make(kind, path);

        string expected = $"'{path}' is {description}";
        StringAssert.Contains(Assert.ThrowsExactly<IOException>(() => WeightsFile.Open(path).Dispose()).Message, expected);
        StringAssert.Contains(Assert.ThrowsExactly<IOException>(() => SafetensorsFile.Open(path).Dispose()).Message, expected);
    }

    [TestMethod]
    public void AMissingFileIsNamed()
    {
        using TemporaryFolder folder = new();
        StringAssert.Contains(
            Assert.ThrowsExactly<FileNotFoundException>(
                () => InputFile.Open(folder["none"], "test file").Dispose()).Message, folder["none"]);
    }

    [TestMethod]
    public void AFileIsReadThroughALink()
    {
        using TemporaryFolder folder = new();
        folder.Write("file", [1, 2, 3]);
        File.CreateSymbolicLink(folder["link"], folder["file"]);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, InputFile.ReadAllBytes(folder["link"], "test file"));
    }

    [TestMethod]
    public void AFileUpToTheLimitIsReadAndALargerOneIsNamedWithSizeAndLimit()
    {
        using TemporaryFolder folder = new();
        string path = folder["file"];
        using (FileStream file = File.Create(path))
        {
            file.SetLength(InputFile.HandWrittenLimit);
        }

        Assert.HasCount((int)InputFile.HandWrittenLimit, InputFile.ReadAllBytes(path, "test file"));
        using (FileStream file = File.OpenWrite(path))
        {
            file.SetLength(InputFile.HandWrittenLimit + 1);
        }

        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => InputFile.ReadAllBytes(path, "test file"));
        Assert.AreEqual($"The test file '{path}' has 16777217 bytes; it must have 16777216 (16 MiB) at most.", error.Message);
    }
}
