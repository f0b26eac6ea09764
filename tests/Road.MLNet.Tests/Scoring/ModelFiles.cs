using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Road.MLNet.Tests.Scoring;

/// <summary>Model files, sound and damaged.</summary>
internal static class ModelFiles
{
    private const int DigitCount = 64;

    /// <summary>A step that loads images and a small network, with the columns of their input.</summary>
    public static byte[] Create(int channels = 4, string column = "ImagePath", string? score = null)
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml, score, channels: channels);
        IDataView view = Paths(ml, column);
        ITransformer loader = ml.Transforms.LoadImages("Image", null, column).Fit(view);
        using var stream = new MemoryStream();
        ml.Model.Save(new TransformerChain<ITransformer>(loader, transformer), view.Schema, stream);
        return stream.ToArray();
    }

    public static IDataView Paths(MLContext ml, string column) => column == nameof(PathRow.ImagePath)
        ? ml.Data.LoadFromEnumerable(Array.Empty<PathRow>())
        : ml.Data.LoadFromEnumerable(Array.Empty<PhotoRow>());

    public static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "fixtures", "unsealed", name);

    /// <summary>Changes the content of the last entry with a name, and makes the digest right again.</summary>
    public static void Edit(MemoryStream file, string name, Func<byte[], byte[]> edit)
    {
        using (var zip = new ZipArchive(file, ZipArchiveMode.Update, leaveOpen: true))
        {
            Edit(zip.Entries.Last(candidate => candidate.Name == name), edit);
        }

        Seal(file);
    }

    /// <summary>Changes the content of an entry.</summary>
    public static void Edit(ZipArchiveEntry entry, Func<byte[], byte[]> edit)
    {
        byte[] edited = edit(Read(entry));
        using Stream stream = entry.Open();
        stream.SetLength(0);
        stream.Write(edited);
    }

    public static byte[] Read(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>Changes an archive, and leaves its digest as it was.</summary>
    public static byte[] Change(byte[] file, Action<ZipArchive> change)
    {
        using var stream = new MemoryStream();
        stream.Write(file);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            change(zip);
        }

        return stream.ToArray();
    }

    /// <summary>Makes the digest at the end of a model file right.</summary>
    public static void Seal(MemoryStream file)
    {
        int end = (int)file.Length - DigitCount;
        byte[] hash = SHA256.HashData(file.GetBuffer().AsSpan(0, end));
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash), file.GetBuffer().AsSpan(end));
    }

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = string.Empty;
    }

    private sealed class PhotoRow
    {
        public string PhotoPath { get; set; } = string.Empty;
    }
}
