using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.Torch.Adaptation;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Scoring;
using Road.Torch.Training;
using Road.Torch.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Benchmarks;

/// <summary>
/// <c>profile</c>: where the time of a training step and of a scored image goes. The phases are those of
/// <see cref="RoadEngine"/> and <see cref="SegmentationPredictor"/>, one after the other, float32, on the CPU.
/// </summary>
internal static class Profile
{
    private const int Classes = 7;
    private const string Usage = "profile [--rounds N] [--batch N] [--crop N] [--width N --height N] [NETWORK ...]";
    private static readonly string[] Networks = ["deeplab-squeezenet1_1", "deeplab-vgg16"];
    private static readonly byte[] Palette = [.. Enumerable.Range(0, 3 * Classes).Select(static i => (byte)(11 * i))];

    /// <summary>Profiles networks.</summary>
    /// <param name="args">As the usage says.</param>
    /// <returns>0, or 2 for bad usage.</returns>
    public static int Run(string[] args)
    {
        CommandLine line = new(args, Usage, "--rounds", "--batch", "--crop", "--width", "--height");
        if (line.Error is { } error)
        {
            Console.Error.WriteLine(error);
            return 2;
        }

        int rounds = line.Number("--rounds", 5);
        Console.WriteLine($"{Environment.ProcessorCount} cores, {get_num_threads()} threads; percent of each job");
        foreach (string network in line.Words.Count == 0 ? Networks : line.Words)
        {
            Step(network, rounds, line.Number("--batch", 5), line.Number("--crop", 0));
            Score(network, rounds, line.Number("--width", 1024), line.Number("--height", 512));
        }

        return 0;
    }

    private static void Step(string name, int rounds, int batchSize, int cropSize)
    {
        RoadTrainingOptions options = new() { BatchSize = batchSize };
        using StepWorkload workload = new(name, options, cropSize);
        SegmentationNetworkFactory factory = SegmentationNetworks.Get(name);
        using SegmentationNetwork network = factory.Create(Classes);
        using Backbone teacher = factory.CreateBackbone();
        using SpatialAdaptation spatial = new(network.Backbone.OutputChannels, new RegionGrid(options.RegionRows, options.RegionColumns));
        using (Generator generator = new(1, CPU))
        {
            network.InitializeWeights(generator);
            spatial.InitializeWeights(generator);
        }

        teacher.load_state_dict(network.Backbone.state_dict());
        teacher.eval();
        network.train();
        network.Backbone.FreezeNormalization();
        using SgdOptimizer optimizer = new(new SgdOptions { Momentum = options.Momentum, WeightDecay = options.WeightDecay });
        optimizer.Add(network.parameters());
        optimizer.Add(spatial.parameters(), options.HeadLearningRateMultiplier);
        Phases phases = new();
        for (int round = -1; round < rounds; round++)
        {
            using DisposeScope scope = NewDisposeScope();
            optimizer.ClearGradients();
            TrainingBatch batch = phases.Time("waiting for crops", workload.Draw);
            Tensor labels = empty(0);
            Tensor images = phases.Time("upload", () =>
            {
                labels = tensor(batch.Labels, [batch.SourceCount, batch.Size, batch.Size]).to(ScalarType.Int64);
                return network.Normalize(
                    InputNormalization.ImageNet, tensor(batch.Pixels, [batch.SourceCount + batch.TargetCount, batch.Size, batch.Size, 3]));
            });
            BackboneFeatures features = phases.Time("student", () => network.Extract(images));
            Tensor logits = phases.Time("head", () => network.Classify(features.Split(batch.SourceCount).First));
            Tensor loss = phases.Time("L_seg", () => SegmentationLoss.Compute(logits, labels));
            Tensor reference = phases.Time("teacher", () =>
            {
                using IDisposable noGradient = no_grad();
                return network.Extract(images.narrow(0, batch.SourceCount, batch.TargetCount), teacher).Last;
            });
            loss = phases.Time(
                "L_dist", () => loss
                    + (DistillationLoss.Compute(
                        features.Last.narrow(0, batch.SourceCount, batch.TargetCount), reference) * options.DistillationWeight));
            loss = phases.Time("L_spt", () => loss + spatial.Loss(features.Last, batch.Windows, batch.SourceCount, options.SpatialWeight)!);
            phases.Time("backward", () => loss.backward());
            phases.Time("optimiser", () => optimizer.Step(1e-6));
            if (round < 0)
            {
                phases.Reset();
            }
        }

        phases.Print($"step of {name}, {workload.Description}", rounds);
    }

    private static void Score(string name, int rounds, int width, int height)
    {
        string file = Path.ChangeExtension(Path.GetTempFileName(), ".png");
        string output = Path.ChangeExtension(Path.GetTempFileName(), ".png");
        using SegmentationNetwork network = SegmentationNetworks.Get(name).Create(Classes);
        ScoreWorkload.RandomWeights(network);
        network.eval();
        Phases phases = new();
        try
        {
            TestImages.WriteColors(file, width, height, 1);
            for (int round = -1; round < rounds; round++)
            {
                using DisposeScope scope = NewDisposeScope();
                using IDisposable inference = inference_mode();
                using MLImage image = phases.Time("decoding", () => MLImage.CreateFromFile(file));
                DecodedSample sample = phases.Time("pixels", () => ImagePixels.Decode(image, null));
                Tensor input = phases.Time(
                    "upload", () => network.Normalize(InputNormalization.ImageNet, tensor(sample.Pixels, [1, height, width, 3])));
                Tensor logits = phases.Time("network", () => network.call(input));
                byte[] labels = phases.Time("upsampling, argmax", () => BilinearArgmax.Choose(
                    logits.contiguous().data<float>().ToArray(), Classes, (int)logits.shape[2], (int)logits.shape[3], height, width));
                using MLImage mask = phases.Time("colours", () => ImagePixels.Paint(labels, width, height, Palette));
                phases.Time("writing the mask", () => mask.Save(output));
                if (round < 0)
                {
                    phases.Reset();
                }
            }
        }
        finally
        {
            File.Delete(file);
            File.Delete(output);
        }

        phases.Print($"image of {name}, {width} x {height}", rounds);
    }
}
