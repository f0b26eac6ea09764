using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Training;
using Road.Torch.Weights;

namespace Streets;

/// <summary>The commands and options, and what exit code each outcome has: 0 success, 1 failure, 2 bad usage.</summary>
internal static class StreetsCommandLine
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int BadUsage = 2;
    private const string PublishedWeights = "imagenet";

    public static int Run(string[] args)
    {
        RootCommand root = new("Trains a street segmentation model on labelled synthetic and unlabelled real images, scores it and applies it.")
        {
            Train(),
            Evaluate(),

            Predict(),
        };
        ParseResult result = root.Parse(args);
        if (result.Errors.Count > 0)
        {
            return Report(BadUsage, string.Join(" ", result.Errors.Select(static error => error.Message)));
        }

        return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    private static Command Train()
    {
        Option<DirectoryInfo> sourceImages = Required<DirectoryInfo>("--source-images", "Folder of synthetic images.", "DIR");
        Option<DirectoryInfo> sourceLabels = Required<DirectoryInfo>("--source-labels", "Folder of their label masks, PNG, of the same names.", "DIR");
        Option<FileInfo> sourceClasses = Required<FileInfo>("--source-classes", "JSON file of the classes and their pixel values.", "FILE");
        Option<DirectoryInfo> targetImages = Required<DirectoryInfo>("--target-images", "Folder of real images, without labels.", "DIR");
        Option<FileInfo> model = Required<FileInfo>("--model", "The model file to write.", "OUT.zip");
        Option<string> network = Optional("--network", "The network: " + string.Join(", ", SegmentationNetworks.Names) + ".", "NAME", "deeplab-vgg16");
        network.AcceptOnlyFromAmong([.. SegmentationNetworks.Names]);
        Option<string?> weights = Optional<string?>(
            "--backbone-weights",
            $"The backbone's pretrained weights: a safetensors, PyTorch or TorchSharp file, or {PublishedWeights} for the published ImageNet weights, which are downloaded once.",
            $"FILE|{PublishedWeights}",
            null);
        Option<int> iterations = Optional("--iterations", "Training steps.", "N", 20_000);
        Option<int> crop = Optional("--crop", "Side of the square training crops, in pixels.", "N", 321);
        Option<int> batch = Optional("--batch", "Crops of each domain in a step.", "N", 5);
        Option<ImageSize?> sourceSize = Size("--source-size", "Size that source images are scaled to.");
        Option<ImageSize?> targetSize = Size("--target-size", "Size that target images are scaled to, in training and in scoring.");
        Option<double> distillation = Optional("--distillation-weight", "lambda1, the weight of target guided distillation; 0 turns it off.", "X", 0.1);
        Option<double> spatial = Optional("--spatial-weight", "lambda2, the weight of spatial-aware adaptation; 0 turns it off.", "X", 0.01);
        Option<(int Rows, int Columns)> regions = new("--regions")
        {
            Description = "Rows and columns of the image's partition.",
            HelpName = "RxC",
            DefaultValueFactory = static _ => (3, 3),
            CustomParser = static argument => ParsePair(argument) ?? default,
        };
        Option<string?> variant = Variant("--variant");
        Option<double> rate = Optional("--learning-rate", "The backbone's first learning rate.", "X", 2.5e-4);
        Option<int> seed = Optional("--seed", "The seed of every random choice.", "N", 1);

        Command command = new("train", "Trains a model.")
        {
            sourceImages, sourceLabels, sourceClasses, targetImages, model, network, weights, iterations, crop, batch,
            sourceSize, targetSize, distillation, spatial, regions, variant, rate, seed,
        };
        Exclude(command, variant, distillation, spatial, regions);
        command.SetAction((result, cancellation) => Task.FromResult(Guard(() => TrainCommand.Run(
            new TrainRequest(
                result.GetRequiredValue(sourceImages).FullName,
                result.GetRequiredValue(sourceLabels).FullName,
                result.GetRequiredValue(sourceClasses).FullName,
                result.GetRequiredValue(targetImages).FullName,
                result.GetRequiredValue(model).FullName,
                result.GetValue(seed)),
            options =>
            {
                options.Network = SegmentationNetworks.Get(result.GetRequiredValue(network));
                options.BackboneWeights = Weights(result.GetValue(weights));
                options.Iterations = result.GetValue(iterations);
                options.CropSize = result.GetValue(crop);
                options.BatchSize = result.GetValue(batch);
                options.SourceImageSize = result.GetValue(sourceSize);
                options.TargetImageSize = result.GetValue(targetSize);
                options.DistillationWeight = result.GetValue(distillation);
                options.SpatialWeight = result.GetValue(spatial);
                (options.RegionRows, options.RegionColumns) = result.GetValue(regions);
                if (result.GetValue(variant) is { } name)
                {
                    AdaptationVariants.Apply(name, options);
                }

                options.LearningRate = result.GetValue(rate);
                options.CancellationToken = cancellation;
            }))));
        return command;
    }

    private static Command Evaluate()
    {
        Option<FileInfo> model = Required<FileInfo>("--model", "The model file.", "M.zip");
        Option<DirectoryInfo> images = Required<DirectoryInfo>("--images", "Folder of images.", "DIR");
        Option<DirectoryInfo> labels = Required<DirectoryInfo>("--labels", "Folder of their label masks, PNG, of the same names.", "DIR");
        Option<FileInfo> classes = Required<FileInfo>("--classes", "JSON file of the classes and their pixel values.", "FILE");
        Option<FileInfo> json = Required<FileInfo>("--json", "The report to write.", "OUT.json");
        Command command = new("evaluate", "Scores a model against labelled images.") { model, images, labels, classes, json };
        command.SetAction(result => Guard(() => EvaluateCommand.Run(
            result.GetRequiredValue(model).FullName,
            result.GetRequiredValue(images).FullName,
            result.GetRequiredValue(labels).FullName,
            result.GetRequiredValue(classes).FullName,
            result.GetRequiredValue(json).FullName)));
        return command;
    }

    private static Command Predict()
    {
        Option<FileInfo> model = Required<FileInfo>("--model", "The model file.", "M.zip");
        Option<DirectoryInfo> images = Required<DirectoryInfo>("--images", "Folder of images.", "DIR");
        Option<DirectoryInfo> output = Required<DirectoryInfo>("--out", "Folder for NAME.png (colours) and NAME_labels.png (8-bit class ids).", "DIR");
        Command command = new("predict", "Writes the masks of images.") { model, images, output };
        command.SetAction((result, cancellation) => Task.FromResult(Guard(() => PredictCommand.Run(
            result.GetRequiredValue(model).FullName,
            result.GetRequiredValue(images).FullName,
            result.GetRequiredValue(output).FullName,
            cancellation))));
        return command;
    }

    private static BackboneWeights? Weights(string? value) => value switch
    {
        null => null,
        "" => throw new ArgumentException("--backbone-weights must not be empty."),
        PublishedWeights => BackboneWeights.ImageNet,
        _ => Path.GetFullPath(value),
    };

    private static int Guard(Action action)
    {
        try
        {
            action();
            return Success;
        }
        catch (UsageException error)
        {
            return Report(BadUsage, error.Message);
        }
        catch (OperationCanceledException)
        {
            return Report(Failure, "Cancelled.");
        }
        catch (Exception error)
        {
            return Report(Failure, error.Message);
        }
    }

    private static int Report(int exitCode, string message)
    {
        // libtorch's messages go on with a native stack.
        string text = message.Split("Exception raised from", 2)[0];
        Console.Error.WriteLine("error: " + string.Join(' ', text.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
        return exitCode;
    }

    private static Option<T> Required<T>(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName, Required = true };

    private static Option<T> Optional<T>(string name, string description, string helpName, T value) =>
        new(name) { Description = description, HelpName = helpName, DefaultValueFactory = _ => value };

    private static Option<string?> Variant(string name)
    {
        Option<string?> option = Optional<string?>(
            name, "A variant of the paper in the place of weights and regions: " + string.Join(", ", AdaptationVariants.Names) + ".", "NAME", null);
        option.AcceptOnlyFromAmong([.. AdaptationVariants.Names]);
        return option;
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

    private static Option<ImageSize?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "WxH",
        CustomParser = static argument => ParsePair(argument) is (int width, int height) ? new ImageSize(width, height) : null,
    };

    private static (int, int)? ParsePair(ArgumentResult argument)
    {
        string text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : string.Empty;
        string[] parts = text.Split('x');
        if (parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int second)
            && first > 0
            && second > 0)
        {
            return (first, second);
        }

        argument.AddError($"'{text}' must be two numbers with an x between them, such as 256x192.");
        return null;
    }
}
