using Road.Torch.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>Which pixels of crops show the part of their image whose pseudo labels count.</summary>
internal static class CountedPixels
{
    /// <summary>Marks the pixels.</summary>
    /// <param name="windows">Where the N crops lie in their images.</param>
    /// <param name="size">The crops' side in pixels.</param>
    /// <param name="top">The image's upper rows that do not count, in its own pixels.</param>
    /// <param name="bottom">The image's lower rows that do not count, in its own pixels.</param>
    /// <param name="left">The image's left columns that do not count, in its own pixels.</param>
    /// <param name="right">The image's right columns that do not count, in its own pixels.</param>
    /// <param name="device">Where the result is made.</param>
    /// <returns>1 where a pixel counts, 0 in padding, those rows and those columns, <c>N x size x size, float32</c>.</returns>
    public static Tensor Of(IReadOnlyList<CropWindow> windows, int size, int top, int bottom, int left, int right, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        float[] rows = new float[windows.Count * size];
        float[] columns = new float[windows.Count * size];
        for (int i = 0; i < rows.Length; i++)
        {
            CropWindow window = windows[i / size];
            double centre = ((i % size) + 0.5) / size;
            (double x, double y) = window.ToImage(centre, centre);
            rows[i] = y >= top && y < window.ImageHeight - bottom ? 1 : 0;
            columns[i] = x >= left && x < window.ImageWidth - right ? 1 : 0;
        }

        return tensor(rows, [windows.Count, size, 1]).MoveTo(device).mul(tensor(columns, [windows.Count, 1, size]).MoveTo(device))
            .MoveToOuterDisposeScope();
    }
}
