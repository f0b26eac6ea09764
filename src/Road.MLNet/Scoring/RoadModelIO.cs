using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Road.MLNet.Data;
using Road.MLNet.Interop;
using Road.Torch;
using Road.Torch.Data;
using Road.Torch.Networks;
using Road.Torch.Scoring;
using Road.Torch.Weights;
using static TorchSharp.torch;

namespace Road.MLNet.Scoring;

/// <summary>Writes a <see cref="RoadModel"/> into an ML.NET model file and reads it again.</summary>
internal static class RoadModelIO
{
    /// <summary>The name under which ML.NET finds the loader.</summary>
    public const string LoaderSignature = "RoadTransformer";

    private const string WeightsStream = "Weights.safetensors";

    // Ties the weights to their settings, which lie in another part of the file.
    private const string SettingsKey = "road.settings.sha256";

    // Version 2 added scoring options, version 3 the digests.
    private static readonly ModelFormat Format = new("ROADSEGM", LoaderSignature, Version: 3, FirstSealed: 3);

    /// <summary>Writes the settings and the weights.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="model">The model.</param>
    /// <param name="columns">The columns that it is to have when it is loaded.</param>
    /// <param name="scoring">How it is to score when it is loaded.</param>
    /// <param name="orientation">Whether it is to turn images as their files' metadata says when it is loaded.</param>
    /// <param name="network">Its network, the weights float32.</param>
    /// <exception cref="InvalidOperationException">A weight is not finite.</exception>
    public static void Save(
        ModelSaveContext context,
        RoadModel model,
        RoadColumns columns,
        ScoringOptions scoring,
        ImageOrientation orientation,
        SegmentationNetwork network)
    {
        KeyValuePair<string, Tensor>[] weights = [.. network.state_dict()];
        if (FiniteTensors.FindDefect(weights) is { } name)
        {
            throw new InvalidOperationException($"The model cannot be saved: its tensor '{name}' holds a number that is not finite.");
        }

        (string type, string assembly, JsonElement properties) = NetworkFactoryJson.Write(model.Factory);
        string settings = ModelIO.Save(context, Format, new RoadModelSettings(
            type,
            assembly,
            properties,
            model.ClassNames,
            model.Palette,
            model.Normalization.Channels,
            model.Normalization.Range,
            [.. model.Normalization.Mean],
            [.. model.Normalization.StandardDeviation],
            model.NetworkSize?.Width,
            model.NetworkSize?.Height,
            columns,
            scoring.IsDefault ? null : scoring,
            orientation,
            model is { NetworkSize: not null, ImageFit: not ImageFit.Stretch } ? model.ImageFit : null));
        ModelIO.SaveStream(
            context,
            WeightsStream,
            stream => SafetensorsWriter.WriteWithDigest(stream, weights, new Dictionary<string, string> { [SettingsKey] = settings }));
    }

    /// <summary>Reads the settings, creates the network and fills it.</summary>
    /// <exception cref="FormatException">The model is damaged, of a newer version, or names a network that is not there.</exception>
    public static RoadModel Load(IHostEnvironment environment, ModelLoadContext context)
    {
        TorchRuntime.EnsureAvailable();
        ModelIO.Begin(environment, context, Format);
        SegmentationNetworkFactory? factory = null;
        SegmentationNetwork? network = null;
        RoadModelSettings? settings = null;
        try
        {
            // ML.NET unpacks the weights before it calls back, which takes about as long as the digest of the file. Nothing is made of the
            // settings before that is known to be right.
            ModelIO.LoadStream(environment, context, Format, WeightsStream, stream =>
            {
                ModelContent<RoadModelSettings> content = ModelIO.Load<RoadModelSettings>(environment, context, Format);
                settings = content.Settings;
                factory = ReadFactory(environment, settings);
                network = factory.Create(settings.ClassNames.Length);
                SafetensorsFile.Load(network, stream, WeightsStream, verify: !content.IsVerified, file => CheckSettings(file, content));
            });
            return new RoadModel(
                factory!,
                network!,
                settings!.ClassNames,
                settings.Palette,
                new InputNormalization(settings.InputChannels, settings.InputRange, settings.InputMean, settings.InputStandardDeviation),
                (settings.NetworkWidth, settings.NetworkHeight) is (int width, int height) ? new ImageSize(width, height) : null,
                settings.Columns,
                settings.Scoring,
                OptionGuard.Defined(settings.ImageOrientation, nameof(settings.ImageOrientation)),
                OptionGuard.Defined(settings.ImageFit ?? ImageFit.Stretch, nameof(settings.ImageFit)));
        }
        catch (Exception cause) when (cause is InvalidDataException or ArgumentException or WeightsMismatchException)
        {
            network?.Dispose();
            throw ModelIO.Damaged(environment, Format, cause.Message.TrimEnd('.'), cause);
        }
        catch
        {
            network?.Dispose();
            throw;
        }
    }

    private static SegmentationNetworkFactory ReadFactory(IHostEnvironment environment, RoadModelSettings settings)
    {
        try
        {
            return settings.ClassNames.Length is >= 2 and <= LabelColumn.MaxClasses
                ? NetworkFactoryJson.Read(settings.FactoryType, settings.FactoryAssembly, settings.FactoryProperties)
                : throw new InvalidDataException(
                    $"it has {settings.ClassNames.Length} classes; 2 to {LabelColumn.MaxClasses} are possible");
        }
        catch (Exception cause) when (cause is InvalidDataException or ArgumentException)
        {
            throw ModelIO.Damaged(environment, Format, cause.Message.TrimEnd('.'), cause);
        }
    }

    /// <summary>Refuses weights that were not saved with these settings.</summary>
    private static void CheckSettings(SafetensorsFile weights, ModelContent<RoadModelSettings> content)
    {
        string? stated = weights.Metadata.GetValueOrDefault(SettingsKey);
        if (content.HasDigests && (stated is null || weights.Digest is null))
        {
            throw new InvalidDataException("its metadata lacks the digests");
        }

        if (stated is not null && stated != content.SettingsHash)
        {
            throw new InvalidDataException("it was not saved with the settings beside it");
        }
    }
}
