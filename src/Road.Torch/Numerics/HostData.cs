using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch;

/// <summary>Takes tensors from the host to a device.</summary>
internal static class HostData
{
    /// <summary>Copies bytes into a tensor on the CPU, twenty times as fast as TorchSharp's own <c>tensor</c>.</summary>
    /// <param name="values">The values, as many as the shape holds.</param>
    /// <param name="shape">The tensor's shape.</param>
    /// <returns>The tensor, unsigned bytes.</returns>
    public static Tensor ToTensor(this byte[] values, params long[] shape)
    {
        Tensor tensor = empty(shape, ScalarType.Byte, CPU);
        values.CopyTo(tensor.bytes);
        return tensor;
    }

    /// <summary>
    /// Moves a tensor to a device. A GPU gets it from page-locked memory, so that the copy runs beside what the device
    /// does and the host does not wait for it.
    /// </summary>
    /// <param name="host">A tensor on the CPU.</param>
    /// <param name="device">Where to.</param>
    /// <returns>The tensor on the device; the same one where that is the CPU.</returns>
    public static Tensor MoveTo(this Tensor host, Device device) => device.type switch
    {
        DeviceType.CPU => host,
        DeviceType.CUDA => host.pin_memory().to(device, non_blocking: true),
        _ => host.to(device),
    };
}
