using System.Globalization;
using Microsoft.ML.Runtime;
using Road.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.MLNet.Interop;

/// <summary>The torch device that <c>MLContext.GpuDeviceId</c> and <c>FallbackToCpu</c> ask for.</summary>
internal static class TorchDevice
{
    /// <summary>Chooses the device and logs it.</summary>
    /// <exception cref="InvalidOperationException">The GPU that is asked for is not there, and falling back is not allowed.</exception>
    public static Device Select(IHostEnvironment environment, IChannel channel)
    {
        TorchRuntime.EnsureAvailable();
        var settings = (IHostEnvironmentInternal)environment;
        Device device = CPU;
        if (settings.GpuDeviceId is int id)
        {
            int count = cuda.is_available() ? cuda.device_count() : 0;
            if (id >= 0 && id < count)
            {
                device = new Device(DeviceType.CUDA, id);
            }
            else
            {
                string problem = string.Create(
                    CultureInfo.InvariantCulture, $"GPU {id} is not available: libtorch sees {count} CUDA devices.");
                if (!settings.FallbackToCpu)
                {
                    throw environment.Except(
                        problem + " Set MLContext.FallbackToCpu to use the CPU instead, or build with a CUDA package of libtorch.");
                }

                channel.Warning(MessageSensitivity.None, problem + " Using the CPU.");
            }
        }

        channel.Info(MessageSensitivity.None, $"Device: {device}");
        if (device.type == DeviceType.CPU && TorchRuntime.Remark is { } remark)
        {
            channel.Info(MessageSensitivity.None, remark);
        }

        return device;
    }
}
