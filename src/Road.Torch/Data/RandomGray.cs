namespace Road.Torch.Data;

/// <summary>Takes the colours from some crops, as torchvision's <c>RandomGrayscale</c> does.</summary>
public sealed class RandomGray
{
    /// <summary>Creates the augmentation.</summary>
    /// <param name="share">The share of crops, 0 (none) to 1 (all).</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside its range.</exception>
    public RandomGray(double share) => Share = OptionGuard.Between(share, 0, 1, nameof(share));

    /// <summary>The share of crops.</summary>
    public double Share { get; }

    /// <summary>Draws whether a crop is meant, and if so leaves of each of its colours the luminance.</summary>
    internal void Apply(byte[] pixels, int size, CropArea area, Random random)
    {
        if (random.NextDouble() < Share)
        {
            ColorJitter.Change(pixels, size, area, brightness: 1, contrast: 1, saturation: 0);
        }
    }
}
