using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;

namespace WebDemo.Segmentation;

/// <summary>A model in memory. Safe to use from several threads at once; all share one network.</summary>
internal sealed class SegmentationModel : ISegmenter
{
    private readonly RoadTransformer _model;

    /// <summary>Loads a model file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file holds no segmentation model that can be loaded.</exception>
    public SegmentationModel(MLContext ml, string file)
    {
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"There is no model file '{file}'.", file);
        }

        _model = ml.Model.LoadSegmentation(file);
        ClassNames = _model.ClassNames;
        ClassColors = _model.ClassColors;
    }

    public IReadOnlyList<string> ClassNames { get; }

    public IReadOnlyList<RgbColor> ClassColors { get; }

    /// <summary>Runs the network.</summary>
    /// <exception cref="PictureException">The network cannot take the picture, which may be too small for it.</exception>
    public SegmentedPixels Segment(MLImage image)
    {
        try
        {
            using SegmentationResult seen = _model.Segment(image);
            byte[] ids = new byte[seen.Labels.Keys.Length];
            TensorPrimitives.Subtract(seen.Labels.Keys, (byte)1, ids);
            byte[] confidences = new byte[ids.Length];
            ReadOnlySpan<float> probabilities = seen.Confidence.Span;
            for (int i = 0; i < confidences.Length; i++)
            {
                confidences[i] = (byte)MathF.Round(byte.MaxValue * probabilities[i]);
            }

            return new SegmentedPixels(seen.Width, seen.Height, ids, confidences);
        }
        catch (InvalidDataException cause)
        {
            throw new PictureException(
                PictureFault.Unusable, $"The network cannot take a picture of {image.Width} x {image.Height} pixels.", cause);
        }
    }

    public void Dispose() => _model.Dispose();
}
