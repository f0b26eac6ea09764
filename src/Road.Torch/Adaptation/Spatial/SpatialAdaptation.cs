using Road.Torch.Data;
using Road.Torch.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>
/// Spatial-aware adaptation (Eq. 2-4): one pixel-level domain classifier a region, each 1x1 convolution to
/// <see cref="HiddenChannels"/>, ReLU, 1x1 convolution to one logit (source 0, target 1). An activation goes through
/// its own region's classifier only.
/// </summary>
public sealed class SpatialAdaptation : nn.Module
{
    /// <summary>The width of a classifier's hidden layer.</summary>
    public const int HiddenChannels = 512;

    private readonly ModuleList<Sequential> classifiers;

    /// <summary>Creates the classifiers, their weights unspecified.</summary>
    /// <param name="channels">The channels of the feature map, at least 1.</param>
    /// <param name="grid">The partition of the original image.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channels"/> is less than 1.</exception>
    public SpatialAdaptation(int channels, RegionGrid grid)
        : base("spatial-adaptation")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentNullException.ThrowIfNull(grid);
        Grid = grid;

        // A 1x1 convolution over gathered activations is a linear layer over rows.
        classifiers = nn.ModuleList(
            [.. Enumerable.Range(0, grid.Count).Select(_ =>
                nn.Sequential(
                    BlankLayers.Linear(channels, HiddenChannels), nn.ReLU(inplace: true), BlankLayers.Linear(HiddenChannels, 1)))]);
        RegisterComponents();
    }

    /// <summary>The partition of the original image.</summary>
    public RegionGrid Grid { get; }

    /// <summary>Gives every classifier its starting weights.</summary>
    /// <param name="generator">The source of randomness; it must live on the parameters' device.</param>
    public void InitializeWeights(Generator generator)
    {
        foreach (Sequential classifier in classifiers)
        {
            WeightInitialization.Normal(classifier, 0.01, generator);
        }
    }

    /// <summary>
    /// L_spt: the sum over regions of the mean binary cross-entropy over both domains' activations in the region
    /// (Eq. 2 and 3), the features behind gradient reversal (Eq. 4). Regions without an activation are left out.
    /// </summary>
    /// <param name="features">
    /// Feature maps of source images, then of target images, <c>N x C x h x w</c>, in the type of the weights.
    /// </param>
    /// <param name="windows">The crop window of each of the N images.</param>
    /// <param name="sourceCount">How many of the N images are source images, 0 to N.</param>
    /// <param name="reversal">The factor of the reversed gradient, at least 0.</param>
    /// <returns>A scalar, <c>float32</c>; null where no activation lies in any region.</returns>
    /// <exception cref="ArgumentException">
    /// The numbers of images and windows differ, or the map has another number of dimensions.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="sourceCount"/> or <paramref name="reversal"/> is outside its range.
    /// </exception>
    public Tensor? Loss(Tensor features, IReadOnlyList<CropWindow> windows, int sourceCount, double reversal)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(windows);
        if (!double.IsFinite(reversal) || reversal < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(reversal), reversal, "The reversal must be finite and at least 0.");
        }

        RegionRows rows = Gather(features, windows, sourceCount);
        using DisposeScope scope = NewDisposeScope();
        (Tensor sorted, Tensor signs) = Sort(features, rows);

        // Reversed behind the sorting, where the rows lie one behind the other.
        Tensor reversed = GradientReversal.Apply(sorted, reversal);
        return CrossEntropy(reversed, signs, rows, learns: true)?.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The losses of alternating adversaries in one step: the classifiers' L_spt on features that it cannot move, and what the features
    /// minimise through classifiers that it cannot move (Tzeng et al., 2015 and 2017), summed and averaged as in
    /// <see cref="Loss"/>. Null where no activation lies in any region.
    /// </summary>
    internal (Tensor Classifiers, Tensor Features)? AlternatingLosses(
        Tensor features, IReadOnlyList<CropWindow> windows, int sourceCount, FeatureObjective objective)
    {
        RegionRows rows = Gather(features, windows, sourceCount);
        if (rows.Order.Length == 0)
        {
            return null;
        }

        using DisposeScope scope = NewDisposeScope();
        (Tensor sorted, Tensor signs) = Sort(features, rows);
        Tensor own = CrossEntropy(sorted.detach(), signs, rows, learns: true)!;
        Tensor opposing = CrossEntropy(sorted, signs.neg(), rows, learns: false)!;
        if (objective == FeatureObjective.Confusion)
        {
            opposing = opposing.Plus(CrossEntropy(sorted, signs, rows, learns: false)!).Times(0.5);
        }

        return (own.MoveToOuterDisposeScope(), opposing.MoveToOuterDisposeScope());
    }

    /// <summary>Runs a classifier, whose parameters take a gradient where it learns.</summary>
    private static Tensor Classify(Sequential classifier, Tensor activations, bool learns)
    {
        Linear first = (Linear)classifier[0];
        Linear last = (Linear)classifier[2];
        Tensor hidden = RowLayer.Apply(activations, Read(first.weight!), Read(first.bias!)).relu_();
        return nn.functional.linear(hidden, Read(last.weight!), Read(last.bias!));

        Tensor Read(Parameter parameter) => learns ? parameter : parameter.detach();
    }

    private static (Tensor Sorted, Tensor Signs) Sort(Tensor features, RegionRows rows)
    {
        Tensor activations = features.permute(0, 2, 3, 1).flatten(0, 2);

        // One upload for all regions: their row numbers lie one behind the other, as do their signs.
        Tensor order = tensor(rows.Order).MoveTo(features.device);

        // Gathered with the same row number in every column: its gradient goes back a row at a time, that of an index would
        // be added up value by value, which takes seventeen times as long on a CPU.
        Tensor sorted = activations.gather(0, order.unsqueeze(1).expand(-1, activations.shape[1]));
        return (sorted, tensor(rows.Signs).MoveTo(features.device));
    }

    private RegionRows Gather(Tensor features, IReadOnlyList<CropWindow> windows, int sourceCount)
    {
        if (features.dim() != 4 || features.shape[0] != windows.Count)
        {
            throw new ArgumentException(
                $"Expected N x C x h x w with N = {windows.Count} windows, not [{string.Join(" x ", features.shape)}].", nameof(features));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(sourceCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sourceCount, windows.Count);
        return RegionRows.Gather(Grid, windows, sourceCount, (int)features.shape[2], (int)features.shape[3]);
    }

    /// <summary>
    /// The sum over regions of the mean cross-entropy, <c>log(1 + e^z)</c> for a sign of 1 and <c>log(1 + e^-z)</c> for -1.
    /// </summary>
    private Tensor? CrossEntropy(Tensor sorted, Tensor signs, RegionRows rows, bool learns)
    {
        if (rows.Order.Length == 0)
        {
            return null;
        }

        // One operation cuts all regions apart, so that its gradient is put together once; each narrow of them would fill a
        // map of its own with zeros.
        Tensor[] regions = sorted.split(rows.Lengths);
        Tensor[] logits = [
            .. regions.Zip(classifiers).Where(static pair => pair.First.shape[0] > 0).Select(
                pair => Classify(pair.Second, pair.First, learns))];
        Tensor signed = cat(logits).squeeze(1).to(ScalarType.Float32).mul(signs);

        // This form also runs on the meta device.
        return logaddexp(signed, zeros_like(signed)).mul(tensor(rows.Weights).MoveTo(signed.device)).sum();
    }
}
