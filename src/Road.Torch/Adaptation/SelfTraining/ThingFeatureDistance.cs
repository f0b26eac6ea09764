using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>The distance of features to those of the pretrained backbone, where things are (Hoyer, Dai and Van Gool, CVPR 2022).</summary>
internal static class ThingFeatureDistance
{
    /// <summary>Marks the activations under which one class of things has most pixels.</summary>
    /// <param name="labels">Class indices, <c>N x size x size</c>.</param>
    /// <param name="size">The crops' side in pixels.</param>
    /// <param name="height">The map's height.</param>
    /// <param name="width">The map's width.</param>
    /// <param name="isThing">Which classes are things.</param>
    /// <param name="share">The share of the pixels under an activation that the class has at least.</param>
    /// <returns>1 or 0 for every activation, <c>N x height x width</c>.</returns>
    public static float[] Mask(byte[] labels, int size, int height, int width, ReadOnlySpan<bool> isThing, double share)
    {
        float[] mask = new float[labels.Length / (size * size) * height * width];
        int[] counts = new int[256];
        for (int i = 0; i < mask.Length; i++)
        {
            (int left, int right) = Bounds(i % width, width);
            (int top, int bottom) = Bounds(i / width % height, height);
            Array.Clear(counts);
            for (int y = top; y < bottom; y++)
            {
                foreach (byte label in labels.AsSpan((((i / (height * width) * size) + y) * size) + left, right - left))
                {
                    counts[label]++;
                }
            }

            double least = share * (right - left) * (bottom - top);
            for (int k = 0; k < isThing.Length; k++)
            {
                if (isThing[k] && counts[k] >= least)
                {
                    mask[i] = 1;
                }
            }
        }

        return mask;

        (int First, int End) Bounds(int place, int count) => (place * size / count, (((place + 1) * size) + count - 1) / count);
    }

    /// <summary>The mean over marked activations of the channel-wise Euclidean distance.</summary>
    /// <param name="student">The trained backbone's map, <c>N x C x h x w, float32</c>.</param>
    /// <param name="teacher">The frozen backbone's map of the same images, same shape; it gets no gradient.</param>
    /// <param name="mask">1 or 0 for every activation, <c>N x h x w</c>.</param>
    /// <returns>A scalar, <c>float32</c>; null where none is marked.</returns>
    public static Tensor? Compute(Tensor student, Tensor teacher, float[] mask)
    {
        float marked = mask.Sum();
        if (marked == 0)
        {
            return null;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor where = tensor(mask, [student.shape[0], student.shape[2], student.shape[3]]).MoveTo(student.device);
        return student.sub(teacher.detach()).norm(1).mul(where).sum().Times(1 / (double)marked).MoveToOuterDisposeScope();
    }
}
