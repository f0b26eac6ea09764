using Experiments.Definition;
using Experiments.Results;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;
using SkiaSharp;

namespace Experiments.Running;

/// <summary>Counts what lies where in the labels of both domains.</summary>
internal static class LayoutCount
{
    private const int Side = 3;

    /// <summary>Reads every label of the source and of the target, or of the test images where the target has none.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="dataRoot">The folder that the data's paths start from.</param>
    public static DomainLayout Read(Experiment experiment, string dataRoot)
    {
        DomainData target = experiment.Data.Target.HasLabels ? experiment.Data.Target : experiment.Data.Test;
        IReadOnlyList<string> classes = experiment.Data.Source.ReadEncoding(dataRoot).ClassNames;
        return new DomainLayout(
            Side, Side, classes, Shares(experiment.Data.Source, dataRoot, classes.Count), Shares(target, dataRoot, classes.Count));
    }

    private static double[][] Shares(DomainData domain, string dataRoot, int classCount)
    {
        long[][] counts = [.. Enumerable.Range(0, Side * Side).Select(_ => new long[classCount])];
        MLContext ml = new();
        IDataView files = domain.Load(ml, dataRoot);
        IDataView view = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", domain.ReadEncoding(dataRoot)).Fit(files).Transform(files);
        DataViewSchema.Column path = view.Schema["LabelPath"];
        DataViewSchema.Column label = view.Schema["Label"];
        using DataViewRowCursor cursor = view.GetRowCursor([path, label]);
        ValueGetter<ReadOnlyMemory<char>> getPath = cursor.GetGetter<ReadOnlyMemory<char>>(path);
        ValueGetter<VBuffer<byte>> getLabel = cursor.GetGetter<VBuffer<byte>>(label);
        ReadOnlyMemory<char> file = default;
        VBuffer<byte> labels = default;
        while (cursor.MoveNext())
        {
            getPath(ref file);
            getLabel(ref labels);
            SKImageInfo size = SKBitmap.DecodeBounds(file.ToString());
            Count([.. labels.DenseValues()], size.Width, size.Height, counts);
        }

        return [.. counts.Select(static region => region.Select(count => count / (double)Math.Max(1, region.Sum())).ToArray())];
    }

    private static void Count(byte[] labels, int width, int height, long[][] counts)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            int region = (((2 * (i / width)) + 1) * Side / (2 * height) * Side) + (((2 * (i % width)) + 1) * Side / (2 * width));

            // A key of 0 is a pixel of no class.
            if (labels[i] > 0)
            {
                counts[region][labels[i] - 1]++;
            }
        }
    }
}
