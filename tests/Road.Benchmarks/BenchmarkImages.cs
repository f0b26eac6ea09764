using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;

namespace Road.Benchmarks;

/// <summary>Sets of generated images and label masks on disk.</summary>
internal static class BenchmarkImages
{
    private const string Images = "images";
    private const string Labels = "labels";

    /// <summary>Writes a set.</summary>
    /// <param name="folder">Its folder, which is made.</param>
    /// <param name="files">How many different images and masks there are.</param>
    /// <param name="width">Their width.</param>
    /// <param name="height">Their height.</param>
    /// <param name="classes">The classes of the masks.</param>
    /// <param name="seed">The seed of their noise.</param>
    /// <param name="rows">How many names there are; those beyond the files are links to them. 0 for as many as files.</param>
    public static void Write(string folder, int files, int width, int height, int classes, int seed, int rows = 0)
    {
        string images = Directory.CreateDirectory(Path.Combine(folder, Images)).FullName;
        string labels = Directory.CreateDirectory(Path.Combine(folder, Labels)).FullName;
        for (int i = 0; i < files; i++)
        {
            TestImages.WriteColors(Name(images, i), width, height, seed + i);
            TestImages.WriteClasses(Name(labels, i), width, height, classes, seed + i);
        }

        for (int i = files; i < rows; i++)
        {
            File.CreateSymbolicLink(Name(images, i), Name(images, i % files));
            File.CreateSymbolicLink(Name(labels, i), Name(labels, i % files));
        }
    }

    /// <summary>Turns a set's images into JPEG files.</summary>
    /// <param name="folder">Its folder.</param>
    public static void TurnIntoJpeg(string folder)
    {
        foreach (string file in Directory.GetFiles(Path.Combine(folder, Images)))
        {
            using (MLImage image = MLImage.CreateFromFile(file))
            {
                image.Save(Path.ChangeExtension(file, ".jpg"));
            }

            File.Delete(file);
        }
    }

    /// <summary>Opens a set.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="classes">The classes of the masks.</param>
    /// <returns>A view with the columns Image and Label.</returns>
    public static IDataView Open(string folder, int classes)
    {
        MLContext ml = new(1);
        LabelEncoding encoding = LabelEncoding.FromIds([.. Enumerable.Range(0, classes).Select(static k => $"class {k}")]);
        IDataView view = ml.Data.LoadSegmentationFolder(Path.Combine(folder, Images), Path.Combine(folder, Labels));
        view = ml.Transforms.LoadImages("Image", null, "ImagePath").Fit(view).Transform(view);
        return ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", encoding).Fit(view).Transform(view);
    }

    private static string Name(string folder, int index) => Path.Combine(folder, $"{index:D5}.png");
}
