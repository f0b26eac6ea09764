using System.IO.Compression;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.Win32.SafeHandles;
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
    private static readonly FieldInfo? StreamField = typeof(ZipArchive).GetField(
        "_archiveStream", BindingFlags.Instance | BindingFlags.NonPublic);

    private static readonly ConditionalWeakTable<RepositoryWriter, object> Attached = [];
    private static readonly ConditionalWeakTable<RepositoryReader, Task<ModelSealState>> Examined = [];
    private static readonly ConditionalWeakTable<Stream, object> Known = [];

    private delegate int BlockReader(long offset, Span<byte> buffer);

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

    /// <summary>
    /// Begins to compare a model file that is being read with its digest, once, beside whatever else is done meanwhile where the file can
    /// be read from two places.
    /// </summary>
    /// <returns>What is found; it fails with <see cref="InvalidDataException"/> where the file was changed after it was written.</returns>
    /// <exception cref="InvalidDataException">The file was changed after it was written, as was found at once.</exception>
    public static Task<ModelSealState> Begin(ModelLoadContext context) => context.Repository is { } reader
        ? Examined.GetValue(reader, static reader => Begin(Archive(reader)))
        : Task.FromResult(ModelSealState.Missing);

    /// <summary>Compares a model file with its digest; who loads it from the same stream next need not.</summary>
    /// <param name="stream">The file, which nobody changes meanwhile; its position stays.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="InvalidDataException">The file was changed after it was written.</exception>
    public static ModelSealState Verify(FileStream stream)
    {
        (ModelSealState state, string stated, long end) = ReadMark(stream);
        if (state == ModelSealState.Verified)
        {
            Compare(FileReader(stream), stated, end);
            Known.Add(stream, stream);
        }

        return state;
    }

    private static Task<ModelSealState> Begin(ZipArchive archive)
    {
        Stream? stream = StreamField?.GetValue(archive) as Stream;
        (ModelSealState state, string stated, long end) = stream is { CanSeek: true }
            ? ReadMark(stream)
            : (ModelSealState.NotSealed, string.Empty, 0);
        if (state != ModelSealState.Verified)
        {
            VerifyChecksums(archive);
        }
        else if (!Known.TryGetValue(stream!, out _))
        {
            BlockReader? apart = stream switch
            {
                FileStream file => FileReader(file),
                MemoryStream memory when memory.TryGetBuffer(out ArraySegment<byte> bytes) =>
                    (offset, buffer) => CopyBlock(bytes, offset, buffer),
                _ => null,
            };
            if (apart is not null)
            {
                return Task.Run(() => Compare(apart, stated, end));
            }

            long position = stream!.Position;
            Compare((offset, buffer) => ReadBlock(stream, offset, buffer), stated, end);
            stream.Position = position;
        }

        return Task.FromResult(state);
    }

    /// <summary>What the end of a file says: the state that it claims, the digest, and how many bytes that is of.</summary>
    private static (ModelSealState State, string Stated, long End) ReadMark(Stream stream)
    {
        long position = stream.Position;
        long end = stream.Length - DigitCount;
        if (end < Mark.Length)
        {
            return (ModelSealState.Missing, string.Empty, 0);
        }

        byte[] comment = new byte[Mark.Length + DigitCount];
        stream.Position = end - Mark.Length;
        stream.ReadExactly(comment);
        stream.Position = position;
        string text = Encoding.Latin1.GetString(comment);
        string stated = text[Mark.Length..];
        ModelSealState state = !text.StartsWith(Mark, StringComparison.Ordinal) ? ModelSealState.Missing
            : stated == NotSealed ? ModelSealState.NotSealed
            : ModelSealState.Verified;
        return (state, stated, end);
    }

    private static ModelSealState Compare(BlockReader read, string stated, long end) => Compute(read, end) == stated
        ? ModelSealState.Verified
        : throw new InvalidDataException("the file was changed after it was written: its content has another SHA-256 than its end states");

    private static string Compute(BlockReader read, long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferLength];
        for (long offset = 0; offset < length;)
        {
            int count = read(offset, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - offset)));
            if (count == 0)
            {
                throw new InvalidDataException($"the file was cut at byte {offset} while it was being read");
            }

            hash.AppendData(buffer, 0, count);
            offset += count;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static BlockReader FileReader(FileStream stream)
    {
        SafeFileHandle handle = stream.SafeFileHandle;
        return (offset, buffer) => RandomAccess.Read(handle, buffer, offset);
    }

    private static int ReadBlock(Stream stream, long offset, Span<byte> buffer)
    {
        stream.Position = offset;
        return stream.Read(buffer);
    }

    private static int CopyBlock(ReadOnlySpan<byte> bytes, long offset, Span<byte> buffer)
    {
        ReadOnlySpan<byte> block = bytes[(int)offset..];
        block = block[..Math.Min(block.Length, buffer.Length)];
        block.CopyTo(buffer);
        return block.Length;
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
        private bool _isWritten;

        public override void CopyTo(Stream destination, int bufferSize)
        {
            base.CopyTo(destination, bufferSize);
            _isWritten = true;
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing && _isWritten)
            {
                _isWritten = false;
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
            byte[] digits = Encoding.ASCII.GetBytes(Compute((offset, buffer) => ReadBlock(file, offset, buffer), end - DigitCount));
            file.Position = end - DigitCount;
            file.Write(digits);
        }
    }
}
