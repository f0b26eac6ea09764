using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.MLNet.Tests.Scoring;

namespace Road.MLNet.ImageSharp.Tests;

/// <summary>Columns of images out of files.</summary>
[TestClass]
public sealed class LoadingTests
{
    private static readonly MLContext ML = new(1);

    [TestMethod]
    public void AColumnHasTheImagesOfItsPaths()
    {
        IDataView rows = View("plain.tif", "", "turned.tif");
        IDataView images = Loader().Fit(rows).Transform(rows);

        List<(int, int)?> sizes = [];
        DataViewSchema.Column column = images.Schema["Image"];
        using DataViewRowCursor cursor = images.GetRowCursor([column]);
        ValueGetter<MLImage?> getter = cursor.GetGetter<MLImage?>(column);
        MLImage? image = null;
        while (cursor.MoveNext())
        {
            MLImage? before = image;
            getter(ref image);
            sizes.Add(image is null ? null : (image.Width, image.Height));
            if (before is not null)
            {
                Assert.Throws<InvalidOperationException>(() => before.Width, "The row before has freed its image.");
            }
        }

        image!.Dispose();
        CollectionAssert.AreEqual(new (int, int)?[] { (40, 24), null, (24, 40) }, sizes);
    }

    [TestMethod]
    public void WhatGoesWrongIsSaidWithRowAndFile()
    {
        using TemporaryFolder folder = new();
        string text = folder.Write("text.tif", "no image");

        Fails<FileNotFoundException>(Fixtures.Image("none.tif"), "the image '{0}' does not exist.");
        Fails<InvalidDataException>(text, "The image file '{0}' cannot be read: it is no image that can be decoded");
        Fails<IOException>(folder.Path, "{0}");
        IDataView rows = View();
        Assert.Throws<ArgumentOutOfRangeException>(() => ML.Transforms.LoadImagesWithImageSharp("Image", null, "Nothing").Fit(rows));
        Assert.Throws<ArgumentException>(() => ML.Transforms.LoadImagesWithImageSharp(" ", null));
    }

    [TestMethod]
    public void AModelWithItRunsWhereTheAssemblyIs()
    {
        using TemporaryFolder folder = new();
        string images = folder.CreateFolder("images");
        File.Copy(Fixtures.Image("lzw.tif"), Path.Combine(images, "0.png")); // by content, not by name
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ML);
        IDataView rows = ML.Data.LoadFromEnumerable([new Row { ImagePath = Path.Combine(images, "0.png") }]);
        ImageSharpOptions options = new() { MaxPixels = 960, Formats = ImageSharpFormats.Tiff, Orientation = ImageOrientation.AsStored };
        ImageSharpLoadingTransformer load = ML.Transforms.LoadImagesWithImageSharp("Image", null, "ImagePath", options).Fit(rows);
        options.MaxPixels = 1; // which counts no more
        TransformerChain<ITransformer> chain = new(load, transformer);
        ML.Model.Save(chain, rows.Schema, folder["model.zip"]);
        using (FileStream only = File.Create(folder["load.zip"]))
        {
            ML.Model.Save(load, rows.Schema, only);
        }

        var loaded = (ImageSharpLoadingTransformer)new MLContext().Model.LoadVerified(folder["load.zip"], out _);
        using PredictionEngine<Row, Prediction> engine = ML.Model.CreatePredictionEngine<Row, Prediction>(
            chain, new PredictionEngineOptions { OwnsTransformer = false });
        byte[] expected = engine.Predict(new Row { ImagePath = Path.Combine(images, "0.png") }).PredictedLabel.DenseValues().ToArray();
        string loader = Path.Combine(AppContext.BaseDirectory, "Road.MLNet.Tests.Loader.dll");
        string own = Path.ChangeExtension(typeof(LoadingTests).Assembly.Location, null);
        ProcessStartInfo start = new("dotnet",
        [
            "exec", "--depsfile", own + ".deps.json", "--runtimeconfig", own + ".runtimeconfig.json", loader, folder["model.zip"], images,
            folder["keys"],
        ])
        {
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.AreEqual((0, ""), (process.ExitCode, errors));
        CollectionAssert.AreEqual(expected, File.ReadAllBytes(folder["keys"]));
        Assert.AreEqual(
            (960, ImageSharpFormats.Tiff, ImageOrientation.AsStored, "Image", "ImagePath"),
            (loaded.MaxPixels, loaded.Formats, loaded.Orientation, loaded.OutputColumnName, loaded.InputColumnName));
    }

    private static ImageSharpLoadingEstimator Loader() =>
        ML.Transforms.LoadImagesWithImageSharp("Image", Path.GetDirectoryName(Fixtures.Image("x")), "ImagePath");

    private static IDataView View(params string[] paths) =>
        ML.Data.LoadFromEnumerable(paths.Select(static path => new Row { ImagePath = path }));

    private static void Fails<T>(string path, string message)
        where T : Exception
    {
        IDataView rows = View("plain.tif", path);
        IDataView images = Loader().Fit(rows).Transform(rows);
        T error = Assert.ThrowsExactly<T>(() => images.GetColumn<MLImage>("Image").ToList());
        StringAssert.StartsWith(error.Message, "Column 'Image', row 1: ");
        StringAssert.Contains(error.Message, message.Replace("{0}", path, StringComparison.Ordinal));
    }

    private sealed class Row
    {
        public string ImagePath { get; set; } = string.Empty;
    }

    private sealed class Prediction
    {
        public VBuffer<byte> PredictedLabel { get; set; }
    }
}
