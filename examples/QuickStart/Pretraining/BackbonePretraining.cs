using System.Diagnostics;
using System.Globalization;
using Road.Torch.Networks;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace QuickStart.Pretraining;

/// <summary>
/// The stand-in for ImageNet: trains a backbone to name single things in the camera's look, and saves it as any
/// pretrained backbone is saved. It sees no street scene and no label of a pixel.
/// </summary>
internal sealed class BackbonePretraining(int seed)
{
    public const int Iterations = 600;

    private const int PictureSize = 64;
    private const int PicturesPerKind = 160;
    private const int TestPicturesPerKind = 16;
    private const int BatchSize = 16;
    private const double LearningRate = 1e-3;

    private static readonly InputNormalization Normalization = new(ChannelOrder.Rgb, 255, [128, 128, 128], [64, 64, 64]);

    public PretrainingResult Run(string weightsPath, Action<int, string> display, CancellationToken cancellation)
    {
        Stopwatch clock = Stopwatch.StartNew();
        display(0, "drawing pictures");
        ObjectPictures pictures = ObjectPictures.Draw(PicturesPerKind, PictureSize, 0);
        ObjectPictures unseen = ObjectPictures.Draw(TestPicturesPerKind, PictureSize, PicturesPerKind);
        using Generator generator = new((ulong)seed, CPU);
        using Backbone backbone = Backbones.Create("squeezenet1_1", outputStride: 8);
        using ObjectClassifier classifier = new(backbone, ObjectPictures.KindCount, generator);
        Train(classifier, pictures, display, cancellation);
        double accuracy = Test(classifier, unseen);
        NormalizeFeatures(backbone, pictures);
        SafetensorsWriter.Write(weightsPath, backbone.state_dict(), Normalization.ToMetadata());
        return new PretrainingResult(accuracy, ObjectPictures.KindCount, pictures.Count, Iterations, clock.Elapsed);
    }

    private void Train(ObjectClassifier classifier, ObjectPictures pictures, Action<int, string> display, CancellationToken cancellation)
    {
        var random = new Random(seed);
        using var optimizer = optim.AdamW(classifier.parameters(), LearningRate, weight_decay: 1e-4);
        int[] indices = new int[BatchSize];
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int n = 0; n < BatchSize; n++)
            {
                indices[n] = random.Next(pictures.Count);
            }

            using DisposeScope scope = NewDisposeScope();
            foreach (var group in optimizer.ParamGroups)
            {
                // A short warm-up, since a network without batch norm is easily thrown off, then a cosine to zero.
                double warm = Math.Min(1, (iteration + 1) / 30.0);
                group.LearningRate = LearningRate * warm * 0.5 * (1 + Math.Cos(Math.PI * iteration / Iterations));
            }

            (Tensor images, Tensor kinds) = Batch(pictures, indices);
            if (random.Next(2) == 1)
            {
                images = images.flip(3);
            }

            optimizer.zero_grad();
            Tensor loss = nn.functional.cross_entropy(classifier.call(images), kinds);
            loss.backward();
            nn.utils.clip_grad_norm_(classifier.parameters(), 1);
            optimizer.step();
            if ((iteration + 1) % 10 == 0)
            {
                display(iteration + 1, string.Create(CultureInfo.InvariantCulture, $"loss {loss.item<float>():0.00}"));
            }
        }
    }

    private static double Test(ObjectClassifier classifier, ObjectPictures pictures)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        int right = 0;
        foreach (int[] indices in Enumerable.Range(0, pictures.Count).Chunk(BatchSize))
        {
            (Tensor images, Tensor kinds) = Batch(pictures, indices);
            right += classifier.call(images).argmax(1).eq(kinds).sum().to(ScalarType.Int32).item<int>();
        }

        return (double)right / pictures.Count;
    }

    /// <summary>
    /// Scales the last layers' weights so that the features' root mean square is 1: nothing changes but the scale, as
    /// what follows a ReLU is linear in it, and later learning rates and losses keep their usual size.
    /// </summary>
    private static void NormalizeFeatures(Backbone backbone, ObjectPictures pictures)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        int[] sample = [.. Enumerable.Range(0, Math.Min(8 * BatchSize, pictures.Count))];
        Tensor features = backbone.call(Batch(pictures, sample).Images).Last;
        float scale = 1 / features.square().mean().sqrt().item<float>();
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in backbone.named_parameters())
        {
            if (name.StartsWith("fire9.expand", StringComparison.Ordinal))
            {
                parameter.mul_(scale);
            }
        }
    }

    private static (Tensor Images, Tensor Kinds) Batch(ObjectPictures pictures, ReadOnlySpan<int> indices)
    {
        (byte[] pixels, long[] kinds) = pictures.Gather(indices);
        Tensor images = Normalization.Apply(tensor(pixels, [indices.Length, pictures.Size, pictures.Size, 3]));
        return (images, tensor(kinds));
    }
}
