using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.MLNet.Tests.Scoring;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Road.MLNet.ImageSharp.Tests;

/// <summary>Does what docs/imagesharp.md shows.</summary>
[TestClass]
public sealed class PageTests
{
    [TestMethod]
    public void ThePagesCodeWorks()
    {
        var ml = new MLContext(seed: 1);
        using TemporaryFolder folder = new();
        using RoadTransformer model = ScoringFixture.CreateTransformer(ml);
        string maskPath = folder["mask.tif"];
        string scanPath = Fixtures.Image("lzw.tif");
        Score(model, scanPath, maskPath);

        LabelEncoding labels = LabelEncoding.FromIds([.. model.ClassNames]);
        IDataView rows = ml.Data.LoadFromEnumerable([new Row { ImagePath = scanPath, LabelPath = maskPath }]);
        IDataView read = Load(ml, labels).Fit(rows).Transform(rows);
        SemanticSegmentationMetrics metrics = ml.SemanticSegmentation.Evaluate(model.Transform(read));
        Assert.AreEqual(1, metrics.PixelAccuracy, "The mask that was written is that of the same model.");
    }

    private static void Score(RoadTransformer model, string scanPath, string maskPath)
    {
        // Scoring begin
        using Image image = Image.Load(scanPath);                             // any pixels, from anywhere
        using SegmentationResult seen = model.Segment(image);                 // upright, as its metadata says
        using Image<Rgba32> overlay = seen.OverlayAsImageSharp(opacity: 0.6); // MaskAsImageSharp()
        using Image<L8> ids = seen.LabelsAsImageSharp();                      // class indices, 255 for none
        ids.Save(maskPath);                                                   // such as mask.tif

        using MLImage copy = image.ToMLImage();                               // 32-bit BGRA, for any step of ML.NET
        using Image<Rgb24> back = copy.ToImageSharp<Rgb24>();
        // Scoring end
        Assert.AreEqual((image.Width, image.Height), (overlay.Width, back.Height == image.Height ? overlay.Height : 0));
    }

    private static EstimatorChain<LabelMaskLoadingTransformer> Load(MLContext ml, LabelEncoding labels)
    {
        // Loading begin
        var load = ml.Transforms.LoadImagesWithImageSharp("Image", null, "ImagePath")
            .Append(ml.Transforms.LoadLabelMasksWithImageSharp("Label", null, "LabelPath", labels));
        // Loading end
        return load;
    }

    private sealed class Row
    {
        public string ImagePath { get; set; } = string.Empty;

        public string LabelPath { get; set; } = string.Empty;
    }
}
