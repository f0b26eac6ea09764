using System.CommandLine;
using Road.MLNet;
using Road.Torch;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Training;
using Road.Torch.Weights;

namespace Streets;

/// <summary>The options of <c>train</c>.</summary>
internal static class TrainCommandLine
{
    private const string PublishedWeights = "imagenet";

    public static Command Create()
    {
        Option<FileInfo> model = CommandOptions.Required<FileInfo>("--model", "The model file to write.", "OUT.zip");
        Option<string> network = CommandOptions.Optional(
            "--network", "The network: " + string.Join(", ", SegmentationNetworks.Names) + ".", "NAME", "deeplab-vgg16");
        network.AcceptOnlyFromAmong([.. SegmentationNetworks.Names]);
        Option<string?> weights = CommandOptions.Absent<string>(
            "--backbone-weights",
            $"The backbone's pretrained weights: a safetensors, PyTorch or TorchSharp file, or {PublishedWeights} for the published "
            + "ImageNet weights, which are downloaded once.",
            $"FILE|{PublishedWeights}");
        Option<int> iterations = NumberOption.Create("--iterations", "Training steps.", 20_000);
        Option<int> crop = NumberOption.Create("--crop", "Side of the square training crops, in pixels.", 321);
        Option<int> batch = NumberOption.Create("--batch", "Crops of each domain in a step.", 5);
        Option<ImageSize?> sourceSize = CommandOptions.Size("--source-size", "Size that source images are scaled to.");
        Option<ImageSize?> targetSize = CommandOptions.Size(
            "--target-size", "Size that target images are scaled to, in training and in scoring.");
        Option<ImageFit> fit = CommandOptions.Fit();
        Option<double> distillation = NumberOption.Create(
            "--distillation-weight", "lambda1, the weight of target guided distillation; 0 turns it off.", 0.1, "X");
        Option<double> spatial = NumberOption.Create(
            "--spatial-weight", "lambda2, the weight of spatial-aware adaptation; 0 turns it off.", 0.01, "X");
        Option<(int Rows, int Columns)> regions = new("--regions")
        {
            Description = "Rows and columns of the image's partition.",
            HelpName = "RxC",
            DefaultValueFactory = static _ => (3, 3),
            CustomParser = static argument => CommandOptions.ParsePair(argument) ?? default,
        };
        Option<string?> variant = CommandOptions.Absent<string>(
            "--variant", "A variant of the paper in the place of weights and regions: " + string.Join(
                ", ", AdaptationVariants.Names) + ".", "NAME");
        variant.AcceptOnlyFromAmong([.. AdaptationVariants.Names]);
        Option<double> rate = NumberOption.Create("--learning-rate", "The backbone's first learning rate.", 2.5e-4, "X");
        Option<string> precision = CommandOptions.Optional(
            "--precision", "The numbers that training computes with; bfloat16 is faster where the processor has instructions for it.",
            "NAME", "float32");
        precision.AcceptOnlyFromAmong("float32", "bfloat16");
        Option<string?> checkpoint = CommandOptions.Absent<string>(
            "--checkpoint", "A folder that keeps the state of the training; a training that finds one there goes on with it.", "DIR");
        Option<int> checkpointInterval = NumberOption.Create("--checkpoint-interval", "Steps from one saved state to the next.", 500);
        Option<int> maxPixels = CommandOptions.MaxPixels();
        Option<ImageOrientation> orientation = CommandOptions.Orientation();
        Option<BadSamplePolicy> badImages = CommandOptions.BadImages();
        Option<int> seed = NumberOption.Create("--seed", "The seed of every random choice.", 1);

        Command command = new("train", "Trains a model.");
        TrainDataOptions data = new(command);
        foreach (Option option in (Option[])[
            model, network, weights, iterations, crop, batch, sourceSize, targetSize, fit, distillation, spatial, regions, variant, rate,
            precision, checkpoint, checkpointInterval, maxPixels, orientation, badImages, seed])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(checkpointInterval) is { Implicit: false } && result.GetResult(checkpoint) is null or { Implicit: true })
            {
                result.AddError($"{checkpointInterval.Name} needs {checkpoint.Name}.");
            }
        });
        Exclude(command, variant, distillation, spatial, regions);
        command.SetAction(result => Outcome.Of(cancellation => TrainCommand.Run(
            new TrainRequest(
                data.ReadSource(result), data.ReadTarget(result), result.GetRequiredValue(model).FullName, result.GetValue(seed)),
            options =>
            {
                options.Network = SegmentationNetworks.Get(result.GetRequiredValue(network));
                options.BackboneWeights = Weights(result.GetValue(weights));
                options.Iterations = result.GetValue(iterations);
                options.CropSize = result.GetValue(crop);
                options.BatchSize = result.GetValue(batch);
                options.SourceImageSize = result.GetValue(sourceSize);
                options.TargetImageSize = result.GetValue(targetSize);
                options.ImageFit = result.GetValue(fit);
                options.DistillationWeight = result.GetValue(distillation);
                options.SpatialWeight = result.GetValue(spatial);
                (options.RegionRows, options.RegionColumns) = result.GetValue(regions);
                if (result.GetValue(variant) is { } name)
                {
                    AdaptationVariants.Apply(name, options);
                }

                options.LearningRate = result.GetValue(rate);
                options.ImageOrientation = result.GetValue(orientation);
                options.BadSamples = result.GetValue(badImages);
                options.Precision = Enum.Parse<Precision>(result.GetRequiredValue(precision), ignoreCase: true);
                options.CheckpointDirectory = result.GetValue(checkpoint);
                options.CheckpointInterval = result.GetValue(checkpointInterval);
                options.MaxPixels = result.GetValue(maxPixels);
                options.CancellationToken = cancellation;
            })));
        return command;
    }

    /// <summary>Refuses an option together with any of those that it takes the place of.</summary>
    private static void Exclude(Command command, Option option, params Option[] others) => command.Validators.Add(result =>
    {
        if (result.GetResult(option) is { Implicit: false })
        {
            foreach (Option other in others.Where(other => result.GetResult(other) is { Implicit: false }))
            {
                result.AddError($"{option.Name} takes the place of {other.Name}; give only one of them.");
            }
        }
    });

    private static BackboneWeights? Weights(string? value) => value switch
    {
        null => null,
        "" => throw new ArgumentException("--backbone-weights must not be empty."),
        PublishedWeights => BackboneWeights.ImageNet,
        _ => Path.GetFullPath(value),
    };
}
