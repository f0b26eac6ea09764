using System.Runtime.Intrinsics.X86;
using Road.Torch.OneDnn;
using TorchSharp;

namespace Road.Torch.Tests.OneDnn;

[TestClass]
public sealed class OneDnnSetupTests
{
    private const int FirstSize = 7;
    private const int FirstSharing = 17;
    private const int CacheCount = 27;

    [TestMethod]
    public void OneDnnsRecordIsFoundAndIsOfThisProcessor()
    {
        RequireLinuxOnX64();

        Span<uint> words = OneDnnLibrary.Find(typeof(DeviceType).Assembly)!.FindProcessorRecord();

        Assert.AreEqual(ProcessorRecord.WordCount, words.Length);
        Assert.IsTrue(new ProcessorRecord(words).IsOfThisProcessor);
    }

    /// <summary>It says in each of its layers that it cannot run, which hides errors.</summary>
    [TestMethod]
    public void NnpackIsOffWhereItCannotRun()
    {
        RequireLinuxOnX64();
        TorchRuntime.EnsureAvailable();

        bool? isOn = OneDnnLibrary.Find(typeof(DeviceType).Assembly)!.IsNnpackOn();

        Assert.IsNotNull(isOn);
        Assert.AreEqual(!ProcessorCaches.AreHidden && Avx2.IsSupported && Fma.IsSupported, isOn);
    }

    [TestMethod]
    public void OneDnnBelievesInNoCacheOfAByte()
    {
        RequireLinuxOnX64();
        if (TorchRuntime.Remark?.StartsWith("oneDNN is", StringComparison.Ordinal) == true)
        {
            Assert.Inconclusive(TorchRuntime.Remark);
        }

        ProcessorCaches caches = new ProcessorRecord(OneDnnLibrary.Find(typeof(DeviceType).Assembly)!.FindProcessorRecord()).Caches;

        // Zeros are an unknown processor's, for which oneDNN takes sizes of its own.
        Assert.IsTrue(caches == default || (caches.Level1 > 4096 && caches.Level2 > 4096), $"{caches}");
    }

    [TestMethod]
    public void CachesOfOneByteAreHiddenOnesAndOthersAreNot()
    {
        RequireLinuxOnX64();
        uint[] words = OneDnnLibrary.Find(typeof(DeviceType).Assembly)!.FindProcessorRecord().ToArray();
        words.AsSpan(FirstSize, 10).Clear();
        words.AsSpan(FirstSharing, 10).Clear();
        words.AsSpan(FirstSize, 3).Fill(1);
        words.AsSpan(FirstSharing, 3).Fill(1);
        words[CacheCount] = 3;
        Assert.IsTrue(new ProcessorRecord(words).IsOfHiddenCaches);

        for (int i = FirstSize; i <= CacheCount; i++)
        {
            uint[] other = [.. words];
            other[i]++;
            Assert.IsFalse(new ProcessorRecord(other).IsOfHiddenCaches, $"word {i}");
        }

        words[^2]++;
        Assert.IsFalse(new ProcessorRecord(words).IsOfHiddenCaches, "the family shown");
    }

    [TestMethod]
    public void SizesToldAreThoseKept()
    {
        uint[] words = new uint[ProcessorRecord.WordCount];
        ProcessorCaches caches = new(48 << 10, 1 << 20, 2 << 20);

        ProcessorRecord record = new(words) { Caches = caches };

        Assert.AreEqual(caches, record.Caches);
        Sequence.AreEqual(words[FirstSize..(FirstSize + 4)], 48U << 10, 1U << 20, 2U << 20, 0U);
    }

    [TestMethod]
    public void OlderLeavesGiveSizesOfRealCaches()
    {
        ProcessorCaches caches = ProcessorCaches.FromOlderLeaves();

        Assert.IsTrue(caches.Level1 is >= 8 << 10 and <= 1 << 20, $"{caches}");
        Assert.IsTrue(caches.Level2 > caches.Level1 && caches.Level3 >= caches.Level2, $"{caches}");
    }

    [TestMethod]
    public void AnotherSettingIsRefused()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(
            static () => OneDnnSetup.Prepare(typeof(DeviceType).Assembly, "yes"));

        Assert.Contains("ROAD_ONEDNN is 'yes'; it must be on or off", error.Message);
    }

    private static void RequireLinuxOnX64()
    {
        if (!OperatingSystem.IsLinux() || !X86Base.IsSupported)
        {
            Assert.Inconclusive("The record is looked up on Linux and x86 alone.");
        }
    }
}
