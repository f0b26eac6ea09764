using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests.Weights;

/// <summary>The files that <c>tests/fixtures/weights.py</c> wrote with PyTorch, and bit for bit comparison.</summary>
internal static class WeightsFixture
{
    public static string Find(string name) => Path.Combine(AppContext.BaseDirectory, "fixtures", "weights", name);

    /// <summary>Every tensor has the type, the shape and the bits of its twin, and there are no others.</summary>
    /// <param name="actual">The file.</param>
    /// <param name="expected">The file of its twins.</param>
    /// <param name="prefix">What the first file's names have before them.</param>
    public static void AssertSameTensors(WeightsFile actual, WeightsFile expected, string prefix = "")
    {
        CollectionAssert.AreEquivalent(
            expected.Entries.Select(entry => prefix + entry.Name).ToArray(), actual.Entries.Select(entry => entry.Name).ToArray());
        foreach (WeightsEntry entry in expected.Entries)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor wanted = expected.ReadTensor(entry.Name);
            Tensor read = actual.ReadTensor(prefix + entry.Name);
            Tensor copied = full_like(wanted, 1);
            actual.CopyTo(prefix + entry.Name, copied);
            Assert.AreEqual(wanted.dtype, read.dtype, entry.Name);
            CollectionAssert.AreEqual(wanted.shape, read.shape, entry.Name);
            CollectionAssert.AreEqual(wanted.shape, actual.Find(prefix + entry.Name)!.Shape.ToArray(), entry.Name);
            Assert.IsTrue(read.is_contiguous(), entry.Name);
            CollectionAssert.AreEqual(wanted.bytes.ToArray(), read.bytes.ToArray(), entry.Name);
            CollectionAssert.AreEqual(wanted.bytes.ToArray(), copied.bytes.ToArray(), entry.Name);
        }
    }

    /// <summary>Opens content as a file of the given name, which must be refused with the name and the causes.</summary>
    public static string AssertRefused(byte[] content, params string[] causes)
    {
        using TemporaryFolder folder = new();
        string path = folder["damaged.bin"];
        File.WriteAllBytes(path, content);
        string message = Assert.ThrowsExactly<InvalidDataException>(() => WeightsFile.Open(path)).Message;
        StringAssert.Contains(message, path);
        Assert.IsFalse(message.Any(char.IsControl), message);
        foreach (string cause in causes)
        {
            StringAssert.Contains(message, cause);
        }

        return message;
    }
}
