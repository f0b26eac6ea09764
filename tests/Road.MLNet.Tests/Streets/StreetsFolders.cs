using Road.MLNet.Tests.Training;

namespace Road.MLNet.Tests.Streets;

/// <summary>Two small domains with a classes file, and the commands on them, in a folder that goes with its test.</summary>
internal sealed class StreetsFolders : IDisposable
{
    // Trained by the first test that needs one: no test changes it, and a process for each would take minutes.
    private static byte[]? Model { get; set; }

    private readonly TrainingFolders _folders = new();

    public StreetsFolders()
    {
        File.WriteAllText(
            ClassesFile,
            """{"classes": [{"name": "road", "color": [1,2,3], "ids": [0]}, {"name": "car", "color": [4,5,6], "ids": [1]}]}""");
    }

    public string Images => _folders.SourceImages;

    public string Labels => _folders.SourceLabels;

    public string TargetImages => _folders.TargetImages;

    public string ClassesFile => _folders.Combine("classes.json");

    public string Combine(string name) => _folders.Combine(name);

    /// <summary>The arguments of a training of many short steps.</summary>
    public string[] Train(string model, int iterations, params string[] more) =>
    [
        "train", "--source-images", Images, "--source-labels", Labels, "--source-classes", ClassesFile, "--target-images", TargetImages,
        "--model", model, "--network", "deeplab-squeezenet1_1", "--crop", "32", "--batch", "1",
        "--iterations", iterations.ToString(System.Globalization.CultureInfo.InvariantCulture), "--distillation-weight", "0", .. more,
    ];

    /// <summary>A model of the classes file as it is at first, that one step has trained.</summary>
    public string WriteModel(string name = "model.zip")
    {
        string path = Combine(name);
        if (Model is null)
        {
            StreetsProgram.Succeed(Train(path, 1));
            Model = File.ReadAllBytes(path);
        }
        else
        {
            File.WriteAllBytes(path, Model);
        }

        return path;
    }

    /// <summary>A folder of many images, which are links to one, with masks that are links too where they are wanted.</summary>
    public string LinkMany(string name, int count, string original)
    {
        string folder = Directory.CreateDirectory(Combine(name)).FullName;
        for (int i = 0; i < count; i++)
        {
            File.CreateSymbolicLink(Path.Combine(folder, $"{i:D4}.png"), original);
        }

        return folder;
    }

    public string Image(int index) => _folders.SourceImage(index);

    public string Label(int index) => _folders.SourceLabel(index);

    public void Dispose() => _folders.Dispose();
}
