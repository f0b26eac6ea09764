using Experiments.Definition;
using Experiments.Results;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;
using Road.Torch.Adaptation;
using Road.Torch.Data;
using SkiaSharp;

namespace Experiments.Running;

/// <summary>Counts what lies where in the labels of both domains.</summary>
internal static class LayoutCount
{
    private static readonly RegionGrid Grid = new(3, 3);

    /// <summary>Reads every label of the source and of the target, or of the test images where the target has none.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="dataRoot">The folder that the data's paths start from.</param>
    /// <param name="cancellation">Ends the count.</param>
    public static DomainLayout Read(Experiment experiment, string dataRoot, CancellationToken cancellation)
    {
        DomainData target = experiment.Data.Target.HasLabels ? experiment.Data.Target : experiment.Data.Test;
        IReadOnlyList<string> classes = experiment.Data.Sources[0].ReadEncoding(dataRoot).ClassNames;
        return new DomainLayout(
            Grid.Rows, Grid.Columns, classes,
            Shares(experiment.Data.Sources, dataRoot, classes.Count, cancellation),
            Shares([target], dataRoot, classes.Count, cancellation));
    }

    private static double[][] Shares(
        IReadOnlyList<DomainData> domains, string dataRoot, int classCount, CancellationToken cancellation)
    {
        long[][] counts = [.. Enumerable.Range(0, Grid.Count).Select(_ => new long[classCount])];
        foreach (DomainData domain in domains)
        {
            Count(domain, dataRoot, counts, cancellation);
        }

        return [.. counts.Select(static region => region.Select(count => count / (double)Math.Max(1, region.Sum())).ToArray())];
    }

    private static void Count(DomainData domain, string dataRoot, long[][] counts, CancellationToken cancellation)
    {
        MLContext ml = new();
        IDataView files = domain.Load(ml, dataRoot);
        IDataView view = ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", domain.ReadEncoding(dataRoot)).Fit(
            files).Transform(files);
        DataViewSchema.Column path = view.Schema["LabelPath"];
        DataViewSchema.Column label = view.Schema["Label"];
        using DataViewRowCursor cursor = view.GetRowCursor([path, label]);
        ValueGetter<ReadOnlyMemory<char>> getPath = cursor.GetGetter<ReadOnlyMemory<char>>(path);
        ValueGetter<VBuffer<byte>> getLabel = cursor.GetGetter<VBuffer<byte>>(label);
        ReadOnlyMemory<char> file = default;
        VBuffer<byte> labels = default;
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            getPath(ref file);
            getLabel(ref labels);
            SKImageInfo size = SKBitmap.DecodeBounds(file.ToString());
            Count([.. labels.DenseValues()], size.Width, size.Height, counts);
        }
    }

    private static void Count(byte[] labels, int width, int height, long[][] counts)
    {
        CropWindow whole = new(0, 0, width, height, width, height, Mirrored: false);
        foreach ((int region, byte label) in Grid.Assign(whole, height, width).Zip(labels))
        {
            // A key of 0 is a pixel of no class.
            if (label > 0)
            {
                counts[region][label - 1]++;
            }
        }
    }
}
