using System.Diagnostics.CodeAnalysis;

namespace Road.Torch;

/// <summary>The numbers that a network computes with.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The values are number formats.")]
public enum Precision
{
    /// <summary>32-bit floating point.</summary>
    Float32,

    /// <summary>
    /// bfloat16 (8 bits of exponent, 7 of mantissa) in convolutions and linear layers; batch norm, losses and weights that
    /// are kept or saved stay in float32. It pays where the processor has instructions for it (x86 with AVX512-BF16 or
    /// AMX, a GPU of compute capability 8.0), and is slow elsewhere.
    /// </summary>
    BFloat16,
}
