using System.Globalization;
using Experiments.Definition;
using Experiments.Results;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;

namespace Experiments.Reports;

/// <summary>The images that runs were measured on, as they lie on the user's machine.</summary>
internal sealed class TestImages
{
    private readonly MLContext _ml = new();
    private readonly string _dataRoot;
    private readonly IDataView _files;
    private readonly string[] _images;
    private readonly LabelEncoding _encoding;

    /// <param name="run">One of the runs.</param>
    /// <param name="dataRoot">The folder that the data's paths start from.</param>
    public TestImages(RunResult run, string dataRoot)
    {
        DomainData test = DomainData.FromSettings(run.Settings["test"]!.AsObject());
        _dataRoot = dataRoot;
        _encoding = test.ReadEncoding(dataRoot);
        _files = test.Load(_ml, dataRoot);
        _images = [.. _files.GetColumn<string>("ImagePath")];
    }

    /// <summary>The classes' names and colours.</summary>
    public IReadOnlyList<(string Name, RgbColor Color)> Classes => [.. _encoding.ClassNames.Zip(_encoding.ClassColors)];

    /// <summary>The classes' colours.</summary>
    public IReadOnlyList<RgbColor> Colors => [.. _encoding.ClassColors];

    /// <summary>A photo.</summary>
    /// <exception cref="ExperimentException">The image of that row has another name.</exception>
    public MLImage Photo(string name, int row) => row < _images.Length && Path.GetFileNameWithoutExtension(_images[row]) == name
        ? SegmentationDrawing.Load(_images[row])
        : throw new ExperimentException(string.Create(
            CultureInfo.InvariantCulture,
            $"The data in '{_dataRoot}' is not what the runs were measured on: image {row} of the test set should be '{name}'."));

    /// <summary>The keys of an image's label, and its size.</summary>
    public (byte[] Keys, int Width, int Height) Truth(int row)
    {
        IDataView label = _ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", _encoding).Fit(_files).Transform(
            Running.Rows.Only(_ml, _files, row));
        VBuffer<byte> keys = label.GetColumn<VBuffer<byte>>("Label").Single();
        VBuffer<int> size = label.GetColumn<VBuffer<int>>("LabelSize").Single();
        return ([.. keys.DenseValues()], size.GetItemOrDefault(0), size.GetItemOrDefault(1));
    }

    /// <summary>The keys of a predicted mask that a run kept, which its model drew in the colours of what it was trained on.</summary>
    /// <param name="run">The run.</param>
    /// <param name="file">The mask's file.</param>
    public (byte[] Keys, int Width, int Height) Prediction(RunResult run, string file)
    {
        RgbColor[] colors = [.. DomainData.FromSettings(run.Settings["source"]!.AsObject()).ReadEncoding(_dataRoot).ClassColors];
        using MLImage mask = SegmentationDrawing.Load(file);
        bool isRgb = mask.PixelFormat == MLPixelFormat.Rgba32;
        ReadOnlySpan<byte> pixels = mask.Pixels;
        byte[] keys = new byte[mask.Width * mask.Height];
        for (int i = 0; i < keys.Length; i++)
        {
            byte first = pixels[4 * i], third = pixels[(4 * i) + 2];
            RgbColor color = new(isRgb ? first : third, pixels[(4 * i) + 1], isRgb ? third : first);
            keys[i] = (byte)(Array.IndexOf(colors, color) + 1);
        }

        return (keys, mask.Width, mask.Height);
    }
}
