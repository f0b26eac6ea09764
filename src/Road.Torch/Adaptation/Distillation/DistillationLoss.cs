using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>Target guided distillation (Eq. 1).</summary>
public static class DistillationLoss
{
    /// <summary>
    /// The mean over positions of the channel-wise Euclidean distance between two feature maps:
    /// <c>L_dist = 1/N sum_ij || x_ij - z_ij ||_2</c>. Its gradient is zero where the maps agree.
    /// </summary>
    /// <param name="student">The trained backbone's map, <c>N x C x h x w, float32</c>.</param>
    /// <param name="teacher">The frozen backbone's map of the same images, same shape; it gets no gradient.</param>
    /// <returns>A scalar, <c>float32</c>.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or are not of four dimensions.</exception>
    public static Tensor Compute(Tensor student, Tensor teacher)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        if (student.dim() != 4 || !student.shape.SequenceEqual(teacher.shape))
        {
            throw new ArgumentException(
                $"The feature maps must have the same N x C x h x w shape, not [{string.Join(" x ", student.shape)}] and "
                + $"[{string.Join(" x ", teacher.shape)}].",
                nameof(teacher));
        }

        // The vector norm's derivative at zero is defined as zero; a square root's would be infinite.
        using DisposeScope scope = NewDisposeScope();
        return student.sub(teacher.detach()).norm(1).mean().MoveToOuterDisposeScope();
    }
}
