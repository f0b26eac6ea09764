using System.CommandLine;
using System.CommandLine.Parsing;
using Road.Files;
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
    private const string PackagedWeights = "mlnet-resnet18";

    // What an option that is not given leaves as it is.
    private static readonly RoadTrainerOptions Defaults = new();

    public static Command Create()
    {
        Option<FileInfo> model = CommandOptions.Required<FileInfo>("--model", "The model file to write.", "OUT.zip");
        Option<string> network = CommandOptions.Optional(
            "--network", "The network: " + string.Join(", ", SegmentationNetworks.Names) + ".", "NAME", "deeplab-vgg16");
        network.AcceptOnlyFromAmong([.. SegmentationNetworks.Names]);
        Option<string?> weights = CommandOptions.Absent<string>(
            "--backbone-weights",
            $"The backbone's pretrained weights: a safetensors, PyTorch, TorchSharp or ONNX file, {PublishedWeights} for the published "
            + $"ImageNet weights, which are downloaded once, or {PackagedWeights} for the ResNet-18 that comes with this program.",
            $"FILE|{PublishedWeights}|{PackagedWeights}");
        Option<FileInfo?> from = CommandOptions.Absent<FileInfo>(
            "--from", "A trained model that the training goes on from, of the same network and classes.", "M.zip");
        Option<int> iterations = NumberOption.Create(
            "--iterations", "Training steps.", Defaults.Iterations,
            check: static value => _ = new RoadTrainerOptions { Iterations = value });
        Option<int> crop = NumberOption.Create(
            "--crop", "Side of the square training crops, in pixels.", Defaults.CropSize,
            check: static value => _ = new RoadTrainerOptions { CropSize = value });
        Option<int> batch = NumberOption.Create(
            "--batch", "Crops of each domain in a step.", Defaults.BatchSize,
            check: static value => _ = new RoadTrainerOptions { BatchSize = value });
        Option<ImageSize?> targetSize = CommandOptions.Size(
            "--target-size", "Size that target images are scaled to, in training and in scoring.");
        Option<Word<ImageFit>> fit = CommandOptions.Fit();
        Option<double> distillation = NumberOption.Create(
            "--distillation-weight", "lambda1, the weight of target guided distillation; 0 turns it off.",
            Defaults.DistillationWeight, "X", static value => _ = new RoadTrainerOptions { DistillationWeight = value });
        Option<double> spatial = NumberOption.Create(
            "--spatial-weight", "lambda2, the weight of spatial-aware adaptation; 0 turns it off.", Defaults.SpatialWeight, "X",
            static value => _ = new RoadTrainerOptions { SpatialWeight = value });
        Option<Grid> regions = new("--regions")
        {
            Description = "Rows and columns of the image's partition.",
            HelpName = "RxC",
            DefaultValueFactory = static _ => new Grid(Defaults.RegionRows, Defaults.RegionColumns),
            CustomParser = ParseRegions,
        };
        Option<string?> variant = CommandOptions.Absent<string>(
            "--variant", "A variant of the paper in the place of weights and regions: " + string.Join(
                ", ", AdaptationVariants.Names) + ".", "NAME");
        Option<FileInfo?> methods = CommandOptions.Absent<FileInfo>(
            "--methods", "An assembly with adaptation methods of your own, whose names --variant then knows.", "FILE.dll");
        Option<string> recipe = CommandOptions.Optional(
            "--recipe",
            "What else the training does to crops and losses: nothing more than the paper, or what is known to generalise, strong. Options "
            + "given beside it win.",
            string.Join('|', TrainingRecipe.Names), TrainingRecipe.Default);
        recipe.AcceptOnlyFromAmong([.. TrainingRecipe.Names]);
        Option<double> rate = NumberOption.Create("--learning-rate", "The backbone's first learning rate.", Defaults.LearningRate, "X",
            static value => _ = new RoadTrainerOptions { LearningRate = value });
        Option<string> precision = CommandOptions.Precision(
            "The numbers that training computes with; bfloat16 is faster where the processor has instructions for it.");
        Option<StreetsDevice?> device = CommandOptions.Device();
        Option<string?> checkpoint = CommandOptions.Absent<string>(
            "--checkpoint", "A folder that keeps the state of the training; a training that finds one there goes on with it.", "DIR");
        Option<int> checkpointInterval = NumberOption.Create(
            "--checkpoint-interval", "Steps from one saved state to the next.", Defaults.CheckpointInterval,
            check: static value => _ = new RoadTrainerOptions { CheckpointInterval = value });
        Option<int> maxPixels = CommandOptions.MaxPixels();
        Option<Word<ImageOrientation>> orientation = CommandOptions.Orientation();
        Option<Word<BadSamplePolicy>> badImages = CommandOptions.BadImages();
        Option<double> targetLabelWeight = NumberOption.Create(
            "--target-label-weight", "The weight of the loss of labelled target images.", Defaults.TargetLabelWeight, "X",
            static value => _ = new RoadTrainerOptions { TargetLabelWeight = value });
        Option<int?> targetLabelCrops = NumberOption.CreateAbsent<int>(
            "--target-label-crops", "Crops of labelled target images in a step; as many as --batch if not given.",
            check: static value => _ = new RoadTrainerOptions { TargetLabelCrops = value });
        Option<double?> rareClasses = NumberOption.CreateAbsent<double>(
            "--rare-classes",
            "Draws source crops so that rare classes are seen more often: the temperature, the lower the rarer; 0.01 as published.",
            "T",
            static value => _ = new RareClassOptions { Temperature = value });
        Option<int> seed = NumberOption.Create("--seed", "The seed of every random choice.", 1);

        Command command = new("train", "Trains a model.");
        TrainDataOptions data = new(command);
        foreach (Option option in (Option[])[
            model, network, weights, from, iterations, crop, batch, targetSize, fit, distillation, spatial, regions, variant, methods,
            recipe, rate, precision, targetLabelWeight, targetLabelCrops, checkpoint, checkpointInterval, maxPixels, orientation, badImages,
            rareClasses, seed, device])
        {
            command.Options.Add(option);
        }

        AugmentationOptions augmentation = new(command);
        LossOptions losses = new(command);
        SelfTrainingOptions selfTraining = new(command);
        WatchOptions watch = new(command);
        ChoiceOptions choice = new(command, data, watch);
        command.Validators.Add(result =>
        {
            if (result.GetResult(checkpointInterval) is { Implicit: false } && result.GetResult(checkpoint) is null or { Implicit: true })
            {
                result.AddError($"{checkpointInterval.Name} needs {checkpoint.Name}.");
            }
        });
        Exclude(command, variant, distillation, spatial, regions);
        command.Validators.Add(result => CheckVariant(result, result.GetValue(variant), result.GetValue(methods)));
        command.SetAction(result => Outcome.Of(cancellation => TrainCommand.Run(
            new TrainRequest(
                data.ReadSources(result), data.ReadTarget(result), result.GetRequiredValue(model).FullName, result.GetValue(seed))
            {
                TargetLabels = data.ReadTargetLabels(result),
                Choice = choice.Read(result),
                Device = result.GetValue(device),
                HasTarget = data.HasTarget(result),
                From = result.GetValue(from)?.FullName,
                Watch = watch.Read(result, choice.ReadMeasured(result)),
            },
            options =>
            {
                TrainingRecipe.Apply(result.GetRequiredValue(recipe), options);
                options.Network = SegmentationNetworks.Get(result.GetRequiredValue(network));
                options.BackboneWeights = Weights(result.GetValue(weights));
                options.InitialModel = result.GetValue(from)?.FullName;
                options.Iterations = result.GetValue(iterations);
                options.CropSize = result.GetValue(crop);
                options.BatchSize = result.GetValue(batch);
                augmentation.Apply(result, options.Crops);
                losses.Apply(result, options.Losses);
                choice.Apply(result, options);
                options.TargetImageSize = result.GetValue(targetSize);
                options.ImageFit = result.GetRequiredValue(fit).Value;
                options.DistillationWeight = result.GetValue(distillation);
                options.SpatialWeight = result.GetValue(spatial);
                (options.RegionRows, options.RegionColumns) = (result.GetValue(regions).Rows, result.GetValue(regions).Columns);
                if (result.GetValue(variant) is { } name)
                {
                    AdaptationVariants.Apply(name, options);
                }

                selfTraining.Apply(result, options);
                options.LearningRate = result.GetValue(rate);
                options.ImageOrientation = result.GetRequiredValue(orientation).Value;
                options.BadSamples = result.GetRequiredValue(badImages).Value;
                options.Precision = Enum.Parse<Precision>(result.GetRequiredValue(precision), ignoreCase: true);
                options.CheckpointDirectory = result.GetValue(checkpoint);
                options.CheckpointInterval = result.GetValue(checkpointInterval);
                options.MaxPixels = result.GetValue(maxPixels);
                if (result.GetValue(rareClasses) is { } temperature)
                {
                    options.Loading.RareClasses = new RareClassOptions { Temperature = temperature };
                }

                options.TargetLabelWeight = result.GetValue(targetLabelWeight);
                options.TargetLabelCrops = result.GetValue(targetLabelCrops);
                options.CancellationToken = cancellation;
            })));
        return command;
    }

    private static Grid ParseRegions(ArgumentResult argument)
    {
        if (CommandOptions.ParsePair(argument) is not { } pair)
        {
            return default;
        }

        try
        {
            _ = new RoadTrainerOptions { RegionRows = pair.First, RegionColumns = pair.Second };
        }
        catch (ArgumentOutOfRangeException error)
        {
            argument.AddError($"--regions: {OptionWords.Bare(error)}");
        }

        return new Grid(pair.First, pair.Second);
    }

    /// <summary>Refuses a variant that is neither the paper's nor of the assembly given.</summary>
    private static void CheckVariant(CommandResult result, string? variant, FileInfo? methods)
    {
        try
        {
            if (methods is not null)
            {
                MethodAssembly.Load(methods.FullName);
            }
        }
        catch (Exception error) when (error is ArgumentException or IOException)
        {
            result.AddError(error.Message);
            return;
        }

        if (variant is not null && !AdaptationVariants.Names.Contains(variant))
        {
            result.AddError(
                $"There is no variant '{variant}'; there are {string.Join(", ", AdaptationVariants.Names)}"
                + NearestName.Ask(variant, AdaptationVariants.Names));
        }
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
        PackagedWeights => BackboneWeights.DnnImageFeaturizer,
        _ => Path.GetFullPath(value),
    };
}
