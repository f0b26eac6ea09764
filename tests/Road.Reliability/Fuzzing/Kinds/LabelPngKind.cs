using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;
using Road.MLNet.Tests.Data;

namespace Road.Reliability.Fuzzing.Kinds;

/// <summary>Label masks of several forms.</summary>
internal sealed class LabelPngKind : FuzzKind
{
    public const string KindName = "label-png";
    private const int Width = 9;
    private const int Height = 7;
    private const int Classes = 3;
    private static readonly RgbColor[] Colors = [new(0, 0, 0), new(1, 1, 1), new(2, 2, 2)];
    private static readonly string[] ClassNames = ["road", "car", "sky"];
    private readonly MLContext _ml = CreateContext();

    public LabelPngKind()
        : base(KindName)
    {
        Seeds =
        [
            Write("grey8.png", 0, 8),
            Write("grey2.png", 0, 2),
            Write("grey16.png", 0, 16),
            Write("palette4.png", 3, 4),
            Write("rgb8.png", 2, 8),
            Write("rgba8.png", 6, 8, interlaced: true),
        ];
    }

    public override string? Use(FuzzSeed seed, string path)
    {
        LabelEncoding encoding = seed.Name.StartsWith("rgb", StringComparison.Ordinal)
            ? LabelEncoding.FromColors(ClassNames, Colors.Index().ToDictionary(static pair => pair.Item, static pair => pair.Index))
            : LabelEncoding.FromIds(ClassNames);
        IDataView view = _ml.Data.LoadFromEnumerable(new[] { new Row { LabelPath = path } });
        view = _ml.Transforms.LoadLabelMasks("Label", null, nameof(Row.LabelPath), encoding).Fit(view).Transform(view);
        VBuffer<byte> mask = view.GetColumn<VBuffer<byte>>("Label").Single();
        return mask.Length > 0 && mask.DenseValues().All(static key => key <= Classes) ? null : "the mask has other values than classes";
    }

    private static FuzzSeed Write(string name, int colorType, int bitDepth, bool interlaced = false)
    {
        PngWriter writer = new()
        {
            Width = Width,
            Height = Height,
            ColorType = colorType,
            BitDepth = bitDepth,
            Interlaced = interlaced,
            Palette = colorType == 3 ? [0, 0, 0, 1, 1, 1, 2, 2, 2] : null,
            Filter = static row => row % 5,
            ChunkSize = 24,
        };
        ushort[] samples = [.. Enumerable.Range(0, Width * Height)
            .SelectMany(place => Enumerable.Repeat((ushort)(place % Classes), writer.SamplesPerPixel))];
        return new FuzzSeed(name, writer.Encode(samples), FuzzForm.Png);
    }

    private sealed class Row
    {
        public string LabelPath { get; set; } = string.Empty;
    }
}
