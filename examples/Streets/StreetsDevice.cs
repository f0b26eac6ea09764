using System.Globalization;
using Road.Torch;
using TorchSharp;

namespace Streets;

/// <summary>What a command computes on.</summary>
/// <param name="GpuDeviceId">The number of the GPU; null for the processor.</param>
internal sealed record StreetsDevice(int? GpuDeviceId)
{
    /// <summary>The processor.</summary>
    public static StreetsDevice Cpu { get; } = new((int?)null);

    /// <summary>Reads <c>cpu</c>, or <c>cuda:</c> and a number; null, and what is wrong, for anything else.</summary>
    public static StreetsDevice? Read(string text, out string error)
    {
        error = string.Empty;
        if (DeviceText.TryRead(text == "cuda" ? $"{DeviceText.Gpu}0" : text, out int? gpu))
        {
            return new StreetsDevice(gpu);
        }

        error = $"'{text}' must be cpu, or cuda: and the number of a GPU, such as cuda:0.";
        return null;
    }

    /// <summary>
    /// The device to use: the one that was asked for, else the first GPU where this build can use one, else the processor.
    /// </summary>
    /// <exception cref="UsageException">The GPU that was asked for is not there.</exception>
    public static StreetsDevice Choose(StreetsDevice? asked)
    {
        if (asked is { GpuDeviceId: null })
        {
            return asked;
        }

        TorchRuntime.EnsureAvailable();
        int count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        return Choose(asked, count);
    }

    /// <summary>The same where the number of GPUs is known.</summary>
    /// <exception cref="UsageException">The GPU that was asked for is not there.</exception>
    public static StreetsDevice Choose(StreetsDevice? asked, int count)
    {
        if (asked is null)
        {
            return count > 0 ? new StreetsDevice(0) : Cpu;
        }

        if (asked.GpuDeviceId is not { } id || id < count)
        {
            return asked;
        }

        string there = count switch
        {
            0 => "this build sees no GPU. Build with -p:TorchBackend=cuda-linux or cuda-windows, check the driver with nvidia-smi, or "
                + "leave --device out",
            1 => "there is one GPU, cuda:0",
            _ => string.Create(CultureInfo.InvariantCulture, $"there are {count} GPUs, cuda:0 to cuda:{count - 1}"),
        };
        throw new UsageException($"--device is {asked}: {there}.");
    }

    public override string ToString() =>
        GpuDeviceId is { } id ? string.Create(CultureInfo.InvariantCulture, $"{DeviceText.Gpu}{id}") : DeviceText.Cpu;
}
