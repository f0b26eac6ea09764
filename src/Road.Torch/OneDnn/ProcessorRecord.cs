using System.Runtime.Intrinsics.X86;

namespace Road.Torch.OneDnn;

/// <summary>
/// What oneDNN 3.7 keeps of the processor: an object of its assembler's processor class, as 36 words of memory. It holds features (128
/// bits), whether the topology is known, two numbers of cores, the sizes of up to ten caches, the cores that share each, the number
/// of caches, the version of AVX10, then model, family, stepping, both extensions, and the family and model that are shown.
/// </summary>
/// <param name="words">The object's memory.</param>
internal readonly ref struct ProcessorRecord(Span<uint> words)
{
    /// <summary>The object's length.</summary>
    public const int WordCount = 36;

    private const int CacheLevels = 3;
    private const int MostCaches = 10;
    private const int FirstSize = 7;
    private const int FirstSharing = FirstSize + MostCaches;
    private const int CacheCount = FirstSharing + MostCaches;
    private const int FirstVersion = CacheCount + 2;
    private const int FamilyWithExtension = 0xF;

    private readonly Span<uint> _words = words;

    /// <summary>The sizes of the caches that oneDNN believes in, bytes, each a core's own.</summary>
    public ProcessorCaches Caches
    {
        get => new(_words[FirstSize], _words[FirstSize + 1], _words[FirstSize + 2]);
        set => (_words[FirstSize], _words[FirstSize + 1], _words[FirstSize + 2]) = (value.Level1, value.Level2, value.Level3);
    }

    /// <summary>
    /// Whether this is the record of this very processor with three caches of one byte, which is what the class makes of a leaf of
    /// zeros. Another version of it, with other fields, does not look so by chance.
    /// </summary>
    public bool IsOfHiddenCaches
    {
        get
        {
            Span<uint> caches = stackalloc uint[MostCaches];
            caches[..CacheLevels].Fill(1);
            return IsOfThisProcessor
                && _words.Slice(FirstSize, MostCaches).SequenceEqual(caches)
                && _words.Slice(FirstSharing, MostCaches).SequenceEqual(caches)
                && _words[CacheCount] == CacheLevels;
        }
    }

    /// <summary>Whether features are set, and model, family and stepping are those of this processor.</summary>
    public bool IsOfThisProcessor => _words[0] != 0 && _words.Slice(FirstVersion, 6).SequenceEqual(Version());

    /// <summary>Model, family, stepping, extended model, extended family and shown family of this processor.</summary>
    private static uint[] Version()
    {
        uint version = (uint)X86Base.CpuId(1, 0).Eax;
        uint family = Bits(8, 4);
        uint extension = Bits(20, 8);
        return [Bits(4, 4), family, Bits(0, 4), Bits(16, 4), extension, family == FamilyWithExtension ? family + extension : family];

        uint Bits(int first, int count) => (version >> first) & ((1U << count) - 1);
    }
}
