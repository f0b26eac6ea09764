using System.Runtime.Intrinsics.X86;

namespace Road.Torch.OneDnn;

/// <summary>The sizes of a processor's data caches, bytes a core.</summary>
/// <param name="Level1">The first level's size.</param>
/// <param name="Level2">The second level's size.</param>
/// <param name="Level3">The third level's size.</param>
internal readonly record struct ProcessorCaches(uint Level1, uint Level2, uint Level3)
{
    // CPUID's leaves of AMD: the caches one by one, and the older two that give the sizes alone.
    private const uint CacheLeaf = 0x8000001D;
    private const uint Level1Leaf = 0x80000005;
    private const uint UpperLevelsLeaf = 0x80000006;

    // "cAMD", the last letters of AuthenticAMD.
    private const int AmdSignature = 0x444D4163;

    private const uint Kibibyte = 1024;

    /// <summary>The sizes that oneDNN itself takes where a processor tells it of no caches.</summary>
    public static ProcessorCaches Usual { get; } = new(32 * Kibibyte, 512 * Kibibyte, 1024 * Kibibyte);

    /// <summary>
    /// Whether this is an AMD processor that answers zeros where it is asked for its caches, as some hypervisors make it; oneDNN then
    /// takes each for a single byte.
    /// </summary>
    public static bool AreHidden =>
        X86Base.IsSupported && X86Base.CpuId(0, 0).Ecx == AmdSignature
        && (IsSilent(0) || IsSilent(2) || IsSilent(3));

    /// <summary>
    /// What the older leaves say of an AMD processor, which hypervisors leave as they are; the usual sizes where they are silent.
    /// </summary>
    public static ProcessorCaches FromOlderLeaves()
    {
        if (!X86Base.IsSupported || (uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax < UpperLevelsLeaf)
        {
            return Usual;
        }

        // The third level is shared by an unknown number of cores; a core's share is oneDNN's own guess.
        uint first = ((uint)X86Base.CpuId(unchecked((int)Level1Leaf), 0).Ecx >> 24) * Kibibyte;
        uint second = ((uint)X86Base.CpuId(unchecked((int)UpperLevelsLeaf), 0).Ecx >> 16) * Kibibyte;
        return new ProcessorCaches(
            first > 0 ? first : Usual.Level1,
            second > 0 ? second : Usual.Level2,
            Math.Max(Usual.Level3, second));
    }

    private static bool IsSilent(int index) => X86Base.CpuId(unchecked((int)CacheLeaf), index) is { Ebx: 0, Ecx: 0 };
}
