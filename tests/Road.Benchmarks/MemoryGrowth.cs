using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Road.MLNet;
using Road.Torch.Training;

namespace Road.Benchmarks;

/// <summary>How a process grows while it works on and on: its resident memory after 500 rounds over that after 50.</summary>
internal static class MemoryGrowth
{
    private const string Network = "deeplab-squeezenet1_1";
    private const int Early = 50;
    private const int Late = 500;

    public static double OfSteps()
    {
        using StepWorkload workload = new(Network, new RoadTrainingOptions { BatchSize = 1 });
        return Growth(workload.Full);
    }

    public static double OfScoring()
    {
        MLContext ml = new(1);
        using RoadTransformer transformer = TrainedTransformer.Create(ml, Network, "Photo");
        using MLImage image = MLImage.CreateFromPixels(160, 120, MLPixelFormat.Rgba32, new byte[4 * 160 * 120]);
        IDataView view = transformer.Transform(
            ml.Data.LoadFromEnumerable(Enumerable.Range(0, Late).Select(_ => new Photo { Image = image })));
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["PredictedLabel"], view.Schema["PredictedMask"]]);
        ValueGetter<VBuffer<byte>> getLabels = cursor.GetGetter<VBuffer<byte>>(view.Schema["PredictedLabel"]);
        ValueGetter<MLImage> getMask = cursor.GetGetter<MLImage>(view.Schema["PredictedMask"]);
        VBuffer<byte> labels = default;
        MLImage mask = null!;
        double growth = Growth(() =>
        {
            cursor.MoveNext();
            getLabels(ref labels);
            getMask(ref mask);
        });
        mask.Dispose();
        return growth;
    }

    private static double Growth(Action round)
    {
        double early = 0;
        for (int i = 1; i <= Late; i++)
        {
            round();
            if (i == Early)
            {
                early = Resident();
            }
        }

        return Resident() / early;
    }

    private static double Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Environment.WorkingSet;
    }

    private sealed class Photo
    {
        [ColumnName("Photo")]
        [ImageType(1, 1)]
        public MLImage? Image { get; set; }
    }
}
