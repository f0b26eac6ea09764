using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Tests.Data;
using Road.MLNet.Tests.Scoring;

namespace Road.MLNet.Tests.Training;

/// <summary>Two small domains on disk: noisy images, and masks whose upper part is road, lower part car, first pixel void.</summary>
internal sealed class TrainingFolders : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _width;
    private readonly int _height;

    public TrainingFolders(int sources = 4, int targets = 3, int width = 48, int height = 40)
    {
        _width = width;
        _height = height;
        SourceImages = _folder.CreateFolder("source");
        SourceLabels = _folder.CreateFolder("labels");
        TargetImages = _folder.CreateFolder("target");
        for (int i = 0; i < sources; i++)
        {
            WriteImage(SourceImages, i, i);
            WriteLabel(i, width, height);
        }

        for (int i = 0; i < targets; i++)
        {
            WriteImage(TargetImages, i, 100 + i);
        }
    }

    public static RgbColor[] Colors { get; } = [new(10, 20, 30), new(200, 100, 50), new(0, 255, 7)];

    public static LabelEncoding Encoding { get; } = LabelEncoding.FromIds(["road", "car", "sky"], Colors);

    public string SourceImages { get; }

    public string SourceLabels { get; }

    public string TargetImages { get; }

    public string Combine(string name) => _folder.Combine(name);

    public string SourceImage(int index) => Path.Combine(SourceImages, $"{index}.png");

    public string SourceLabel(int index) => Path.Combine(SourceLabels, $"{index}.png");

    public string TargetImage(int index) => Path.Combine(TargetImages, $"{index}.png");

    public void WriteLabel(int index, int labelWidth, int labelHeight)
    {
        byte[] ids = new byte[labelWidth * labelHeight];
        int split = labelHeight * (index + 1) / 6;
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = (byte)(i == 0 ? 255 : i / labelWidth < split ? 0 : 1);
        }

        File.WriteAllBytes(SourceLabel(index), PngWriter.Write(labelWidth, labelHeight, ids));
    }

    /// <summary>Columns ImagePath, LabelPath, SourceImage and SourceLabel.</summary>
    public IDataView Source(MLContext ml, LabelEncoding? encoding = null)
    {
        IDataView view = ml.Data.LoadSegmentationFolder(SourceImages, SourceLabels);
        view = ml.Transforms.LoadImages("SourceImage", null, "ImagePath").Fit(view).Transform(view);
        return ml.Transforms.LoadLabelMasks("SourceLabel", null, "LabelPath", encoding ?? Encoding).Fit(view).Transform(view);
    }

    /// <summary>Columns ImagePath and TargetImage.</summary>
    public IDataView Target(MLContext ml)
    {
        IDataView view = ml.Data.LoadSegmentationFolder(TargetImages);
        return ml.Transforms.LoadImages("TargetImage", null, "ImagePath").Fit(view).Transform(view);
    }

    /// <summary>Both domains side by side, with paths, images and masks.</summary>
    public IDataView Both(MLContext ml)
    {
        IDataView view = Paths(ml);
        view = ml.Transforms.LoadImages("SourceImage", null, "SourceImagePath").Fit(view).Transform(view);
        view = ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath").Fit(view).Transform(view);
        return ml.Transforms.LoadLabelMasks("SourceLabel", null, "SourceLabelPath", Encoding).Fit(view).Transform(view);
    }

    /// <summary>Columns SourceImagePath, SourceLabelPath and TargetImagePath.</summary>
    public IDataView Paths(MLContext ml) =>
        ml.Data.PairDomains(ml.Data.LoadSegmentationFolder(SourceImages, SourceLabels), ml.Data.LoadSegmentationFolder(TargetImages));

    public void Dispose() => _folder.Dispose();

    private void WriteImage(string images, int index, int seed)
    {
        using MLImage image = ScoringFixture.CreateImage(seed, _width, _height);
        image.Save(Path.Combine(images, $"{index}.png"));
    }
}
