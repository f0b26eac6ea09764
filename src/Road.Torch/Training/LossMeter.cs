using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>A running mean of a scalar loss that stays on its device until it is read, so that no step waits for it.</summary>
internal sealed class LossMeter : IDisposable
{
    private Tensor? sum;
    private long count;

    public void Add(Tensor loss)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor value = loss.detach();
        if (sum is null)
        {
            sum = value.clone().DetachFromDisposeScope();
        }
        else
        {
            sum.PlusInPlace(value);
        }

        count++;
    }

    /// <summary>Whether what was added since the last reading is finite.</summary>
    public bool IsFinite => sum is null || float.IsFinite(sum.item<float>());

    /// <summary>The mean since the last reading, null where nothing was added.</summary>
    public double? ReadAndReset()
    {
        double? mean = sum is null ? null : sum.item<float>() / count;
        sum?.Dispose();
        sum = null;
        count = 0;
        return mean;
    }

    public void Dispose() => sum?.Dispose();
}
