namespace Road.Examples;

/// <summary>Reads what users write for a device: <c>cpu</c>, or <c>cuda:</c> and the number of a GPU.</summary>
internal static class DeviceText
{
    /// <summary>The processor.</summary>
    public const string Cpu = "cpu";

    /// <summary>What stands before the number of a GPU.</summary>
    public const string Gpu = "cuda:";

    /// <summary>Reads a device.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="gpu">The number of the GPU; null for the processor.</param>
    /// <returns>Whether it is a device.</returns>
    public static bool TryRead(string text, out int? gpu)
    {
        gpu = null;
        if (text.StartsWith(Gpu, StringComparison.Ordinal) && NumberText.TryReadDigits(text[Gpu.Length..], out int number))
        {
            gpu = number;
        }

        return gpu is not null || text == Cpu;
    }
}
