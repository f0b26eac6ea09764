using System.IO.Compression;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Road.MLNet.Data;

namespace Road.MLNet.Interop;

/// <summary>
/// The digest of a whole model file, other transformers and ML.NET's own parts included: the SHA-256 of every byte before it, as the
/// comment of the zip archive, with which the file ends. ML.NET and .NET check nothing but the form of what they read, not even the
/// archive's own checksums.
/// </summary>
internal static class ModelSeal
{
    private const string Mark = "road-sha256:";
    private const string EntryName = "RoadSeal";
    private const int DigitCount = 2 * SHA256.HashSizeInBytes;
    private const int BufferLength = 1 << 18;

    private static readonly string Blank = new('0', DigitCount);
    private static readonly string NotSealed = new('-', DigitCount);

    // A .NET that keeps the stream elsewhere leaves models without a digest of the whole, and nothing worse: of other parts than ours the
    // archive's checksums are compared then.
    private static readonly FieldInfo? StreamField = typeof(ZipArchive).GetField("_archiveStream", BindingFlags.Instance | BindingFlags.NonPublic);

    private static readonly ConditionalWeakTable<RepositoryWriter, object> Attached = [];
    private static readonly ConditionalWeakTable<RepositoryReader, object> Examined = [];

    /// <summary>
    /// Lets a model file that is being written get its digest when all of it is there. ML.NET writes the entries that are still open last,
    /// so an entry of ours that is left open tells when that is.
    /// </summary>
    public static void Attach(ModelSaveContext context)
    {
        if (context.Repository is { } writer && Attached.TryAdd(writer, writer))
        {
            AddEntry(writer, EntryName, new SealingStream(writer, Archive(writer)));
        }
    }

    /// <summary>Compares a model file that is being read with its digest, once.</summary>
    /// <returns>What was found.</returns>
    /// <exception cref="InvalidDataException">The file was changed after it was written.</exception>
    public static ModelSealState Verify(ModelLoadContext context)
    {
        if (context.Repository is not { } reader)
        {
            return ModelSealState.Missing;
        }

        if (Examined.TryGetValue(reader, out object? known))
        {
            return (ModelSealState)known;
        }

        ZipArchive archive = Archive(reader);
        ModelSealState state = StreamField?.GetValue(archive) is Stream { CanSeek: true } stream ? Verify(stream) : ModelSealState.NotSealed;
        if (state != ModelSealState.Verified)
        {
            VerifyChecksums(archive);
        }

        Examined.Add(reader, state);
        return state;
    }

    /// <summary>Compares a model file with its digest.</summary>
    /// <param name="stream">The file, which can be sought; its position stays.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="InvalidDataException">The file was changed after it was written.</exception>
    public static ModelSealState Verify(Stream stream)
    {
        long position = stream.Position;
        try
        {
            long end = stream.Length - DigitCount;
            byte[] comment = new byte[Mark.Length + DigitCount];
            if (end < Mark.Length)
            {
                return ModelSealState.Missing;
            }

            stream.Position = end - Mark.Length;
            stream.ReadExactly(comment);
            string text = Encoding.Latin1.GetString(comment);
            if (!text.StartsWith(Mark, StringComparison.Ordinal))
            {
                return ModelSealState.Missing;
            }

            string stated = text[Mark.Length..];
            return stated == NotSealed ? ModelSealState.NotSealed
                : stated == Compute(stream, end) ? ModelSealState.Verified
                : throw new InvalidDataException("the file was changed after it was written: its content has another SHA-256 than its end states");
        }
        finally
        {
            stream.Position = position;
        }
    }

    private static string Compute(Stream stream, long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferLength];
        stream.Position = 0;
        for (long left = length; left > 0;)
        {
            int count = (int)Math.Min(buffer.Length, left);
            stream.ReadExactly(buffer, 0, count);
            hash.AppendData(buffer, 0, count);
            left -= count;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Compares the entries with the checksums in the archive, which .NET leaves to others.</summary>
    private static void VerifyChecksums(ZipArchive archive)
    {
        byte[] buffer = new byte[BufferLength];
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using Stream content = entry.Open();
            uint checksum = 0;
            long length = 0;
            for (int count; (count = content.Read(buffer)) > 0; length += count)
            {
                checksum = Crc32.Append(checksum, buffer.AsSpan(0, count));
            }

            if (checksum != entry.Crc32 || length != entry.Length)
            {
                throw new InvalidDataException($"its part '{entry.FullName}' has another checksum than the file states");
            }
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_archive")]
    private static extern ref ZipArchive Archive(RepositoryWriter writer);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_archive")]
    private static extern ref ZipArchive Archive(RepositoryReader reader);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_closed")]
    private static extern ref Queue<KeyValuePair<string, Stream>> Closed(RepositoryWriter writer);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "AddEntry")]
    private static extern Repository.Entry AddEntry(Repository repository, string path, Stream stream);

    /// <summary>The content of our entry, a line for whoever looks into the archive. When it has been written, so has everything.</summary>
    private sealed class SealingStream(RepositoryWriter writer, ZipArchive archive)
        : MemoryStream(Encoding.ASCII.GetBytes("The comment of this archive is the SHA-256 of every byte before it.\n"))
    {
        private bool isWritten;

        public override void CopyTo(Stream destination, int bufferSize)
        {
            base.CopyTo(destination, bufferSize);
            isWritten = true;
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing && isWritten)
            {
                isWritten = false;
                Seal();
            }
        }

        private void Seal()
        {
            // What was opened before us and left open would come after us, and a stream that only takes can be read by nobody.
            if (Closed(writer).Count > 0 || StreamField?.GetValue(archive) is not Stream { CanRead: true, CanSeek: true } file)
            {
                archive.Comment = Mark + NotSealed;
                return;
            }

            archive.Comment = Mark + Blank;
            archive.Dispose();
            long end = file.Position;
            byte[] digits = Encoding.ASCII.GetBytes(Compute(file, end - DigitCount));
            file.Position = end - DigitCount;
            file.Write(digits);
        }
    }
}
