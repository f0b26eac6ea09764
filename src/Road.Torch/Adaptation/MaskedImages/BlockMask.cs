namespace Road.Torch.Adaptation;

/// <summary>Hides blocks of images.</summary>
internal static class BlockMask
{
    /// <summary>Draws for every block of an even grid, row by row, whether it is hidden.</summary>
    /// <param name="count">The number of images, N.</param>
    /// <param name="size">Their side in pixels.</param>
    /// <param name="blockSize">The blocks' side in pixels, about.</param>
    /// <param name="hidden">How likely a block is hidden.</param>
    /// <param name="random">The source of randomness.</param>
    /// <returns>1 where a pixel is shown, 0 where it is hidden, <c>N x size x size</c>.</returns>
    public static byte[] Draw(int count, int size, int blockSize, double hidden, Random random)
    {
        int blocks = Math.Max(1, (int)Math.Round((double)size / blockSize));
        byte[] mask = new byte[count * size * size];
        byte[] grid = new byte[blocks * blocks];
        for (int n = 0; n < count; n++)
        {
            foreach (ref byte block in grid.AsSpan())
            {
                block = random.NextDouble() >= hidden ? (byte)1 : (byte)0;
            }

            for (int y = 0; y < size; y++)
            {
                for (int x = 0; x < size; x++)
                {
                    mask[(((n * size) + y) * size) + x] = grid[(y * blocks / size * blocks) + (x * blocks / size)];
                }
            }
        }

        return mask;
    }
}
