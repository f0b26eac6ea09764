using Road.Torch.Data;
using Road.Torch.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary><see cref="Curriculum"/> at work.</summary>
internal sealed class CurriculumAdapter : Adapter
{
    /// <summary>About how many superpixels a crop is cut into.</summary>
    public const int SuperpixelCount = 100;

    /// <summary>The share of a crop's superpixels that become landmarks.</summary>
    public const double LandmarkShare = 0.6;

    private const string Method = "Curriculum domain adaptation";
    private const int FittedSuperpixels = 32;
    private const double Decay = 0.01;
    private const int FitIterations = 100;

    private readonly Backbone _teacher;
    private readonly int _classCount;
    private readonly double _imageWeight;
    private readonly double _landmarkWeight;
    private readonly Device _device;
    private SoftmaxRegression? _imageModel;
    private SoftmaxRegression? _superpixelModel;

    public CurriculumAdapter(Backbone teacher, int classCount, double imageWeight, double landmarkWeight, Device device)
    {
        _teacher = teacher;
        _classCount = classCount;
        _imageWeight = imageWeight;
        _landmarkWeight = landmarkWeight;
        _device = device;
        teacher.eval();
    }

    /// <summary>
    /// The label distribution of an image: the share of its labelled pixels that each class has. Null where none is labelled.
    /// </summary>
    public static float[]? Distribution(ReadOnlySpan<byte> labels, int classCount)
    {
        int[] counts = ClassSizes.Count(labels, classCount);
        int total = counts.Sum();
        return total == 0 ? null : [.. counts.Select(count => (float)count / total)];
    }

    /// <summary>
    /// The class that most pixels of each superpixel have, the lowest of equals; -1 where half of its pixels or more have none.
    /// </summary>
    public static int[] DominantClasses(ReadOnlySpan<int> superpixels, ReadOnlySpan<byte> labels, int count, int classCount)
    {
        int[] votes = new int[count * (classCount + 1)];
        for (int i = 0; i < superpixels.Length; i++)
        {
            votes[(superpixels[i] * (classCount + 1)) + (labels[i] == DecodedSample.IgnoredLabel ? classCount : labels[i])]++;
        }

        int[] classes = new int[count];
        for (int s = 0; s < count; s++)
        {
            ReadOnlySpan<int> own = votes.AsSpan(s * (classCount + 1), classCount + 1);
            int labelled = 0;
            int best = 0;
            for (int k = 0; k < classCount; k++)
            {
                labelled += own[k];
                best = own[k] > own[best] ? k : best;
            }

            classes[s] = labelled > own[classCount] ? best : -1;
        }

        return classes;
    }

    public override void Prepare(IEnumerable<TrainingBatch> source, Func<TrainingBatch, Tensor> images)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> imageFeatures = [];
        List<float> distributions = [];
        List<Tensor> superpixelFeatures = [];
        List<float> classes = [];
        foreach (TrainingBatch batch in source)
        {
            using DisposeScope one = NewDisposeScope();
            Tensor input = images(batch).narrow(0, 0, batch.SourceCount);
            (Tensor pooled, int[][] superpixels) = Pool(input, batch, 0);
            for (int n = 0; n < batch.SourceCount; n++)
            {
                ReadOnlySpan<byte> labels = batch.Labels.AsSpan(n * batch.Size * batch.Size, batch.Size * batch.Size);
                if (Distribution(labels, _classCount) is not { } distribution)
                {
                    continue;
                }

                long count = pooled.shape[1] - 1;
                imageFeatures.Add(pooled[n].narrow(0, count, 1).clone().MoveToOuterDisposeScope());
                distributions.AddRange(distribution);
                int[] dominant = DominantClasses(superpixels[n], labels, (int)count, _classCount);
                int[] labelled = [.. Enumerable.Range(0, (int)count).Where(s => dominant[s] >= 0)];
                int kept = Math.Min(labelled.Length, FittedSuperpixels);
                if (kept == 0)
                {
                    continue;
                }

                // Evenly over the image, so that the rows of all crops fit into memory.
                int[] chosen = [.. Enumerable.Range(0, kept).Select(i => labelled[i * labelled.Length / kept])];
                Tensor rows = tensor([.. chosen.Select(static s => (long)s)], device: _device);
                superpixelFeatures.Add(pooled[n].index_select(0, rows).MoveToOuterDisposeScope());
                foreach (int s in chosen)
                {
                    classes.AddRange(Enumerable.Range(0, _classCount).Select(k => k == dominant[s] ? 1f : 0f));
                }
            }
        }

        if (superpixelFeatures.Count == 0)
        {
            throw Preparation.NoLabels(Method);
        }

        Clear();
        _imageModel = Fit(imageFeatures, distributions);
        _superpixelModel = Fit(superpixelFeatures, classes);
    }

    public override IEnumerable<LossTerm> Losses(AdaptationStep step)
    {
        if (_imageModel is null || _superpixelModel is null)
        {
            throw Preparation.Missing(Method);
        }

        (Tensor pooled, _) = Pool(step.TargetImages, step.Batch, step.Batch.SourceCount, out Tensor regions, out long[] mapSize);
        long crops = pooled.shape[0];
        long superpixels = pooled.shape[1] - 1;
        (Tensor imageTargets, Tensor landmarkTargets, Tensor landmarks) = Infer(pooled, regions);

        Tensor logits = step.TargetLogits.to(ScalarType.Float32);
        if (!logits.shape.AsSpan(2).SequenceEqual(mapSize))
        {
            logits = nn.functional.interpolate(logits, size: mapSize, mode: InterpolationMode.Bilinear, align_corners: false);
        }

        Tensor predictions = LabelDistributionLoss.Predict(logits, regions);
        List<LossTerm> terms = [];
        if (_imageWeight > 0)
        {
            Tensor loss = LabelDistributionLoss.Compute(
                imageTargets, predictions.narrow(1, superpixels, 1), ones([crops, 1], device: predictions.device));
            terms.Add(new LossTerm("L_img", loss, loss.Times(_imageWeight)));
        }

        if (_landmarkWeight > 0)
        {
            Tensor loss = LabelDistributionLoss.Compute(landmarkTargets, predictions.narrow(1, 0, superpixels), landmarks);
            terms.Add(new LossTerm("L_lmk", loss, loss.Times(_landmarkWeight)));
        }

        return terms;
    }

    protected override void Dispose(bool disposing)
    {
        Clear();
        base.Dispose(disposing);
    }

    /// <summary>
    /// What is inferred from pooled features: distributions of the images, <c>N x 1 x K</c>, and of their superpixels,
    /// <c>N x S x K</c>, and which superpixels are landmarks, <c>N x S</c>, 1 or 0.
    /// </summary>
    internal (Tensor Image, Tensor Landmark, Tensor Landmarks) Infer(Tensor pooled, Tensor regions)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        long crops = pooled.shape[0];
        long superpixels = pooled.shape[1] - 1;
        Tensor image = _imageModel!.Predict(pooled.narrow(1, superpixels, 1).flatten(0, 1)).exp().unsqueeze(1);
        Tensor scores = _superpixelModel!.Predict(pooled.narrow(1, 0, superpixels).flatten(0, 1)).reshape(crops, superpixels, -1);
        Tensor classes = tensor([.. Enumerable.Range(0, _classCount).Select(static k => (long)k)], device: scores.device);
        Tensor named = scores.argmax(2, keepdim: true).eq(classes).to(ScalarType.Float32);

        // An empty superpixel has weights of zero only; it must not count, however sure the classifier is of nothing.
        Tensor filled = regions.narrow(1, 0, superpixels).sum(2);
        Tensor sureness = scores.amax([2]);
        int kept = Math.Max(1, (int)Math.Round(LandmarkShare * superpixels));
        Tensor least = sureness.topk(kept, 1).values.amin([1], keepdim: true);
        Tensor landmarks = sureness.ge(least).to(ScalarType.Float32).mul(filled);
        return (image.MoveToOuterDisposeScope(), named.MoveToOuterDisposeScope(), landmarks.MoveToOuterDisposeScope());
    }

    private (Tensor Pooled, int[][] Superpixels) Pool(Tensor images, TrainingBatch batch, int first) =>
        Pool(images, batch, first, out _, out _);

    /// <summary>
    /// The mean features of each crop's superpixels and, last, of the whole crop, <c>N x (S + 1) x C</c>, and the
    /// superpixel of every pixel; the regions, <c>N x (S + 1) x (h w)</c>, are the weights of these means.
    /// </summary>
    internal (Tensor Pooled, int[][] Superpixels) Pool(
        Tensor images, TrainingBatch batch, int first, out Tensor regions, out long[] mapSize)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor map = _teacher.call(images.to(_teacher.parameters().First().dtype)).Last.to(ScalarType.Float32);
        mapSize = map.shape[2..];
        int crops = (int)images.shape[0];
        int cells = (int)(mapSize[0] * mapSize[1]);
        int count = Superpixels.Count(batch.Size, batch.Size, SuperpixelCount);
        float[] weights = new float[crops * (count + 1) * cells];
        int[][] superpixels = new int[crops][];
        (int mapHeight, int mapWidth) = ((int)mapSize[0], (int)mapSize[1]);
        Parallel.For(0, crops, n =>
        {
            int bytes = batch.Size * batch.Size * 3;
            superpixels[n] = Superpixels.Segment(batch.Pixels.AsSpan((first + n) * bytes, bytes), batch.Size, batch.Size, SuperpixelCount);
            Span<float> own = weights.AsSpan(n * (count + 1) * cells, (count + 1) * cells);
            Superpixels.Shares(superpixels[n], batch.Size, batch.Size, mapWidth, mapHeight, own[..(count * cells)]);
            own[(count * cells)..].Fill(1f / cells);
        });

        // The copy lies where libtorch aligns it: over an array's own memory, wherever that is, products differ in the last bit.
        regions = tensor(weights, [crops, count + 1, cells], device: _device).clone().MoveToOuterDisposeScope();
        return (regions.matmul(map.flatten(2).transpose(1, 2)).MoveToOuterDisposeScope(), superpixels);
    }

    private SoftmaxRegression Fit(List<Tensor> features, List<float> targets)
    {
        using DisposeScope scope = NewDisposeScope();
        return SoftmaxRegression.Fit(
            cat(features, 0), tensor([.. targets], [targets.Count / _classCount, _classCount], device: _device), Decay, FitIterations);
    }

    private void Clear()
    {
        _imageModel?.Dispose();
        _superpixelModel?.Dispose();
    }
}
