using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>The gradient reversal layer of Ganin and Lempitsky (2015).</summary>
public static class GradientReversal
{
    /// <summary>The identity in the forward pass; the gradient is multiplied by <c>-strength</c> on its way back.</summary>
    /// <param name="input">A floating-point tensor of any shape, its values finite.</param>
    /// <param name="strength">How strongly the reversed gradient acts, at least 0.</param>
    /// <returns>A tensor of the same shape, type and values.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="strength"/> is negative or not finite.</exception>
    public static Tensor Apply(Tensor input, double strength)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!double.IsFinite(strength) || strength < 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(strength), strength, "The strength of gradient reversal must be finite and at least 0.");
        }

        // x + w (x - x) with w = -strength, in one pass: the difference of a value and itself is exactly 0, which leaves even
        // a negative zero as it is, and only the minuend carries a gradient.
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = tensor((float)-strength, input.dtype, input.device);
        return input.detach().lerp(input, weight).MoveToOuterDisposeScope();
    }
}
