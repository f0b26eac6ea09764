using System.Text;

namespace Road.Torch.Tests.Weights;

/// <summary>Pickles by hand, right or wrong, and the two kinds of PyTorch file around them.</summary>
internal static class PickleBytes
{
    /// <summary>Joins texts, each character a byte, and byte arrays.</summary>
    public static byte[] Join(params object[] parts) =>
        [.. parts.SelectMany(part => part is string text ? Encoding.Latin1.GetBytes(text) : (byte[])part)];

    /// <summary>A text of a pickle: 4 bytes of length, then UTF-8.</summary>
    public static string Text(string text) => $"X{(char)text.Length}\0\0\0{text}";

    /// <summary>A state dictionary with the float tensor <c>w</c> of shape [2] in the storage <c>0</c>, parts of it replaceable.</summary>
    public static string Tensor(
        string offset = "K\0", string shape = "K\x02\x85", string strides = "K\x01\x85", string count = "K\x02", string type =
            "FloatStorage") =>
        "\x80\x02}" + Text("w") + "ctorch._utils\n_rebuild_tensor_v2\n(("
        + Text("storage") + $"ctorch\n{type}\n" + Text("0") + Text("cpu") + count + "tQ" + offset + shape + strides + "\x89N" + "tRs.";

    /// <summary>A zip file as PyTorch writes it.</summary>
    public static byte[] Zip(string pickle, int storageLength = 8) =>
        ZipBytes.Create(("archive/data.pkl", Join(pickle)), ("archive/data/0", new byte[storageLength]));

    /// <summary>A legacy file; one storage, <c>0</c>, of as many floats as the pickle should say.</summary>
    public static byte[] Legacy(string pickle, int storageCount = 2) => Join(
        "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}" + Text("little_endian") + "\x88s.",
        pickle,
        "\x80\x02]" + Text("0") + "a.",
        BitConverter.GetBytes((long)storageCount),
        new byte[4 * storageCount]);
}
