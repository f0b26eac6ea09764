using System.Runtime.Intrinsics.X86;
using Road.Torch.OneDnn;
using TorchSharp;

namespace Road.Torch;

/// <summary>Whether bfloat16 is faster than float32.</summary>
public static class BFloat16Support
{
    // CPUID, leaf 7: bit 22 of EDX is AMX-BF16; in its subleaf 1, bit 5 of EAX is AVX512-BF16.
    private const int Leaf = 7;
    private const int Avx512BFloat16 = 1 << 5;
    private const int AmxBFloat16 = 1 << 22;

    /// <summary>Says whether a device has instructions for bfloat16, as far as that can be told.</summary>
    /// <param name="device">The device.</param>
    /// <returns>
    /// False where training in bfloat16 is slower than in float32: on x86 processors without the instructions, and where oneDNN,
    /// which has the code for them, is off.
    /// </returns>
    public static bool IsAccelerated(torch.Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.type != DeviceType.CPU || !X86Base.IsSupported)
        {
            return true;
        }

        if (OneDnnSetup.IsOff || X86Base.CpuId(0, 0).Eax < Leaf)
        {
            return false;
        }

        return (X86Base.CpuId(Leaf, 1).Eax & Avx512BFloat16) != 0 || (X86Base.CpuId(Leaf, 0).Edx & AmxBFloat16) != 0;
    }
}
