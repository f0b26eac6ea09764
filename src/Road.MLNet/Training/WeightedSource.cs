using Microsoft.ML;
using Road.Torch;
using Road.Torch.Data;

namespace Road.MLNet;

/// <summary>One of several labelled source domains that a training mixes.</summary>
/// <param name="view">
/// A view with the source image and source label columns, the same for all; the labels of all have the same classes.
/// </param>
/// <param name="weight">How often its crops are drawn against those of the others: more than 0, at most 1,000,000.</param>
public sealed class WeightedSource(IDataView view, double weight = 1)
{
    /// <summary>The images and their labels.</summary>
    public IDataView View { get; } = view ?? throw new ArgumentNullException(nameof(view));

    /// <summary>How often its crops are drawn against those of the others; its share is its weight over the sum of all.</summary>
    public double Weight { get; } = OptionGuard.PositiveUpTo(weight, CropStream.MaxWeight, nameof(weight));

    /// <summary>
    /// The size that its images and labels are scaled to, as <see cref="RoadTrainerOptions.SourceImageSize"/> says of all; null, the
    /// default, for that one.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is outside its range.</exception>
    public ImageSize? ImageSize
    {
        get;
        init => field = RoadTrainerOptions.CheckSize(value, nameof(ImageSize));
    }
}
