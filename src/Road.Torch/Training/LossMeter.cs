using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>A running mean of a scalar loss that stays on its device until it is read, so that no step waits for it.</summary>
internal sealed class LossMeter : IDisposable
{
    private Tensor? _sum;
    private long _count;

    public void Add(Tensor loss)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor value = loss.detach();
        if (_sum is null)
        {
            _sum = value.clone().DetachFromDisposeScope();
        }
        else
        {
            _sum.PlusInPlace(value);
        }

        _count++;
    }

    /// <summary>Whether what was added since the last reading is finite.</summary>
    public bool IsFinite => _sum is null || float.IsFinite(_sum.item<float>());

    /// <summary>The mean since the last reading, null where nothing was added.</summary>
    public double? ReadAndReset()
    {
        double? mean = _sum is null ? null : _sum.item<float>() / _count;
        _sum?.Dispose();
        _sum = null;
        _count = 0;
        return mean;
    }

    public void Dispose() => _sum?.Dispose();
}
