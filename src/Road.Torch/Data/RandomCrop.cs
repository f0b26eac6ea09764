namespace Road.Torch.Data;

/// <summary>
/// Scales an image at random, cuts a square at a random place and mirrors it half of the time, carrying the window along.
/// </summary>
public sealed class RandomCrop
{
    /// <summary>Creates the augmentation.</summary>
    /// <param name="size">The crop's side in pixels, 16 to 4096.</param>
    /// <param name="mirror">Whether half of the crops are mirrored left to right.</param>
    /// <param name="scale">The range of the scale that the image gets before it is cut; null to leave it as it is.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> or <paramref name="scale"/> is outside its range.</exception>
    public RandomCrop(int size, bool mirror = true, ScaleRange? scale = null)
    {
        if (size is < 16 or > 4096)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, "The crop size must be 16 to 4096 pixels.");
        }

        Scale = scale ?? ScaleRange.None;
        if (!Scale.IsValid)
        {
            throw new ArgumentOutOfRangeException(
                nameof(scale), Scale,
                $"The scale must have a minimum of {ScaleRange.Smallest} to {ScaleRange.Largest} and a maximum from there to "
                + $"{ScaleRange.Largest}.");
        }

        Size = size;
        Mirror = mirror;
    }

    /// <summary>The crop's side in pixels.</summary>
    public int Size { get; }

    /// <summary>Whether half of the crops are mirrored left to right.</summary>
    public bool Mirror { get; }

    /// <summary>The range of the scale that images get before they are cut.</summary>
    public ScaleRange Scale { get; }

    /// <summary>
    /// Cuts a crop. A scaled one's colours are interpolated linearly (averaged over what a pixel covers where the image
    /// shrinks), its labels are those of the nearest pixel. An image smaller than the crop is placed at random inside it;
    /// the rest is grey and unlabelled, and its window reaches beyond the image.
    /// </summary>
    /// <param name="sample">The image and its labels.</param>
    /// <param name="random">The source of randomness.</param>
    /// <param name="pass">The pass that the sample belongs to.</param>
    /// <returns>The crop, in arrays of its own.</returns>
    public Crop Apply(DecodedSample sample, Random random, long pass = 0)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(random);
        return Cut(sample, Place(sample, random), pass);
    }

    /// <summary>Draws where a crop lies.</summary>
    internal CropPlacement Place(DecodedSample sample, Random random)
    {
        ImageSize scaled = DrawSize(sample, random);
        return new CropPlacement(
            scaled, Offset(scaled.Width, random), Offset(scaled.Height, random), Mirror && random.Next(2) == 1);
    }

    /// <summary>The pixels that a class would have in a crop, whose colours need not be cut for it.</summary>
    internal int Count(DecodedSample sample, CropPlacement placement, byte label)
    {
        (ImageSize scaled, int left, int top, _) = placement;
        CropArea area = (Window(sample, placement) with { Mirrored = false }).Shown(Size);
        return CropScaler.CountLabel(sample, scaled, left, top, area, label);
    }

    /// <summary>Cuts the crop that lies somewhere.</summary>
    internal Crop Cut(DecodedSample sample, CropPlacement placement, long pass)
    {
        (ImageSize scaled, int left, int top, bool mirrored) = placement;
        CropWindow window = Window(sample, placement);

        // Every byte is written: by the padding or by the image.
        byte[] pixels = GC.AllocateUninitializedArray<byte>(Size * Size * 3);
        byte[]? labels = sample.Labels is null ? null : GC.AllocateUninitializedArray<byte>(Size * Size);
        if (scaled.Width < Size || scaled.Height < Size)
        {
            Array.Fill(pixels, (byte)127);
            labels?.AsSpan().Fill(DecodedSample.IgnoredLabel);
        }

        CropArea area = (window with { Mirrored = false }).Shown(Size);
        if (scaled == new ImageSize(sample.Width, sample.Height))
        {
            Copy(sample, left, top, area, pixels, labels);
        }
        else
        {
            CropScaler.Cut(sample, scaled, left, top, area, Size, pixels, labels);
        }

        if (mirrored)
        {
            MirrorRows(area, pixels, labels);
        }

        return new Crop(pixels, labels, window, pass, sample.Labels.AsSpan().ContainsAnyExcept(DecodedSample.IgnoredLabel));
    }

    private CropWindow Window(DecodedSample sample, CropPlacement placement)
    {
        (ImageSize scaled, int left, int top, bool mirrored) = placement;
        return new CropWindow(
            (double)left * sample.Width / scaled.Width,
            (double)top * sample.Height / scaled.Height,
            (double)Size * sample.Width / scaled.Width,
            (double)Size * sample.Height / scaled.Height,
            sample.Width,
            sample.Height,
            mirrored);
    }

    private ImageSize DrawSize(DecodedSample sample, Random random)
    {
        if (Scale == ScaleRange.None)
        {
            return new ImageSize(sample.Width, sample.Height);
        }

        double factor = Scale.Draw(random);
        return new ImageSize(
            Math.Max(1, (int)Math.Round(sample.Width * factor)), Math.Max(1, (int)Math.Round(sample.Height * factor)));
    }

    /// <summary>The image's coordinate of the crop's first pixel: negative where the image is smaller than the crop.</summary>
    private int Offset(int length, Random random) =>
        length >= Size ? random.Next(length - Size + 1) : -random.Next(Size - length + 1);

    private void Copy(DecodedSample sample, int left, int top, CropArea area, byte[] pixels, byte[]? labels)
    {
        for (int y = area.Y; y < area.Y + area.Height; y++)
        {
            int source = ((top + y) * sample.Width) + left + area.X;
            int target = (y * Size) + area.X;
            sample.Pixels.AsSpan(source * 3, area.Width * 3).CopyTo(pixels.AsSpan(target * 3));
            if (labels is not null)
            {
                sample.Labels.AsSpan(source, area.Width).CopyTo(labels.AsSpan(target));
            }
        }
    }

    /// <summary>Mirrors whole rows, padding included.</summary>
    private void MirrorRows(CropArea area, byte[] pixels, byte[]? labels)
    {
        for (int y = area.Y; y < area.Y + area.Height; y++)
        {
            // Reversing all bytes turns RGB into BGR as well; swapping the outer bytes of each pixel turns it back.
            Span<byte> row = pixels.AsSpan(y * Size * 3, Size * 3);
            row.Reverse();
            for (int i = 0; i < row.Length; i += 3)
            {
                (row[i], row[i + 2]) = (row[i + 2], row[i]);
            }

            labels?.AsSpan(y * Size, Size).Reverse();
        }
    }
}
