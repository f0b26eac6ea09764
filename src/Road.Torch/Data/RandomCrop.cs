namespace Road.Torch.Data;

/// <summary>Cuts a square at a random place and mirrors it half of the time, carrying the window along.</summary>
public sealed class RandomCrop
{
    /// <summary>Creates the augmentation.</summary>
    /// <param name="size">The crop's side in pixels, 16 to 4096.</param>
    /// <param name="mirror">Whether half of the crops are mirrored left to right.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is outside its range.</exception>
    public RandomCrop(int size, bool mirror = true)
    {
        if (size is < 16 or > 4096)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, "The crop size must be 16 to 4096 pixels.");
        }

        Size = size;
        Mirror = mirror;
    }

    /// <summary>The crop's side in pixels.</summary>
    public int Size { get; }

    /// <summary>Whether half of the crops are mirrored left to right.</summary>
    public bool Mirror { get; }

    /// <summary>
    /// Cuts a crop. An image smaller than the crop is placed at random inside it; the rest is grey and unlabelled, and
    /// its window reaches beyond the image.
    /// </summary>
    /// <param name="sample">The image and its labels.</param>
    /// <param name="random">The source of randomness.</param>
    /// <param name="pass">The pass that the sample belongs to.</param>
    /// <returns>The crop, in arrays of its own.</returns>
    public Crop Apply(DecodedSample sample, Random random, long pass = 0)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(random);
        int left = Offset(sample.Width, random);
        int top = Offset(sample.Height, random);
        bool mirrored = Mirror && random.Next(2) == 1;
        CropWindow window = new(left, top, Size, Size, sample.Width, sample.Height, mirrored);

        byte[] pixels = new byte[Size * Size * 3];
        byte[]? labels = sample.Labels is null ? null : new byte[Size * Size];
        bool padded = sample.Width < Size || sample.Height < Size;
        if (padded)
        {
            Array.Fill(pixels, (byte)127);
            labels?.AsSpan().Fill(DecodedSample.IgnoredLabel);
        }

        int firstColumn = Math.Max(0, -left);
        int columns = Math.Min(Size, sample.Width - left) - firstColumn;
        for (int y = Math.Max(0, -top); y < Math.Min(Size, sample.Height - top); y++)
        {
            int source = ((top + y) * sample.Width) + left + firstColumn;
            int target = (y * Size) + (mirrored ? Size - firstColumn - columns : firstColumn);
            Span<byte> row = pixels.AsSpan(target * 3, columns * 3);
            sample.Pixels.AsSpan(source * 3, columns * 3).CopyTo(row);
            if (mirrored)
            {
                Reverse(row);
            }

            if (labels is not null)
            {
                Span<byte> labelRow = labels.AsSpan(target, columns);
                sample.Labels.AsSpan(source, columns).CopyTo(labelRow);
                if (mirrored)
                {
                    labelRow.Reverse();
                }
            }
        }

        return new Crop(pixels, labels, window, pass, sample.Labels.AsSpan().ContainsAnyExcept(DecodedSample.IgnoredLabel));
    }

    /// <summary>The image's coordinate of the crop's first pixel: negative where the image is smaller than the crop.</summary>
    private int Offset(int length, Random random) =>
        length >= Size ? random.Next(length - Size + 1) : -random.Next(Size - length + 1);

    private static void Reverse(Span<byte> row)
    {
        // Reversing all bytes turns RGB into BGR as well; swapping the outer bytes of each pixel turns it back.
        row.Reverse();
        for (int i = 0; i < row.Length; i += 3)
        {
            (row[i], row[i + 2]) = (row[i + 2], row[i]);
        }
    }
}
