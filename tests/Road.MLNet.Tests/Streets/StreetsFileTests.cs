using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Streets;

/// <summary>No command writes what it reads, or one file twice, or over what is not its own.</summary>
[TestClass]
public sealed class StreetsFileTests
{
    [TestMethod]
    [DataRow("--model", "source/1.png", "(an image)")]
    [DataRow("--model", "labels/1.png", "(a label mask)")]
    [DataRow("--model", "target/1.png", "(an image)")]
    [DataRow("--model", "classes.json", "(the classes)")]
    [DataRow("--model", "linked/1.png", "(a label mask)")]
    [DataRow("--model", "state/checkpoint.safetensors", "(--backbone-weights)")]
    [DataRow("--checkpoint", "state", "(--backbone-weights)")]
    public void TrainingThatWouldOverwriteAnInputIsRefused(string option, string place, string role)
    {
        using StreetsFolders folders = new();
        Directory.CreateSymbolicLink(folders.Combine("linked"), folders.Labels);
        string weights = Path.Combine(Directory.CreateDirectory(folders.Combine("state")).FullName, "checkpoint.safetensors");
        File.WriteAllText(weights, "the user's");
        string path = folders.Combine(place);
        string[] arguments = option == "--model"
            ? folders.Train(path, 1, "--backbone-weights", weights)
            : folders.Train(folders.Combine("model.zip"), 1, "--backbone-weights", weights, option, path);

        AssertChangesNothing(folders, () => StreetsProgram.Fail(2, arguments, $"'{path}", $"({option})", "would overwrite", role));
    }

    [TestMethod]
    public void ModelAndCheckpointOfOneFileAreRefused()
    {
        using StreetsFolders folders = new();
        string file = folders.Combine("state/checkpoint.safetensors");
        StreetsProgram.Fail(
            2, folders.Train(
                file, 1, "--checkpoint", folders.Combine("state")), $"'{file}' (--model) and '{file}' (--checkpoint) would be one file.");
    }

    [TestMethod]
    [DataRow("source", "(the mask of 0.png)", "would overwrite", "(an image)")]
    [DataRow("linked", "(the mask of 0.png)", "would overwrite", "(an image)")]
    [DataRow("models", "(the class ids of 2.png)", "would overwrite", "(--model)")]
    [DataRow("labels", "0.png' is there already and would be overwritten, but it is no mask that predict wrote")]
    [DataRow("suffixed", "0_labels.png' is there already and would be overwritten, but it is no mask that predict wrote")]
    [DataRow("single", "1_labels.png' is there already and would be overwritten, but it is no mask that predict wrote")]
    [DataRow("pair", "0.png' is there already and would be overwritten, but it is no mask that predict wrote")]
    public void MasksOverImagesTheModelOrTrueMasksAreRefused(string place, params string[] expected)
    {
        using StreetsFolders folders = new();
        string model = Path.Combine(Directory.CreateDirectory(folders.Combine("models")).FullName, "2_labels.png");
        folders.WriteModel("models/2_labels.png");
        Directory.CreateSymbolicLink(folders.Combine("linked"), folders.Images);
        string suffixed = Directory.CreateDirectory(folders.Combine("suffixed")).FullName;
        File.Copy(folders.Label(0), Path.Combine(suffixed, "0_labels.png"));
        File.Copy(folders.Label(1), Path.Combine(suffixed, "1_labels.png"));
        File.Copy(folders.Label(1), Path.Combine(Directory.CreateDirectory(folders.Combine("single")).FullName, "1_labels.png"));
        string pair = Directory.CreateDirectory(folders.Combine("pair")).FullName;
        File.Copy(folders.Label(0), Path.Combine(pair, "0.png"));
        File.Copy(folders.Label(0), Path.Combine(pair, "0_labels.png"));

        AssertChangesNothing(folders, () => StreetsProgram.Fail(
            2, ["predict", "--model", model, "--images", folders.Images, "--out", folders.Combine(place)], expected));
    }

    [TestMethod]
    public void MasksOverTheTrueMasksOfAPublishedSetAreRefused()
    {
        using StreetsFolders folders = new();
        string model = folders.WriteModel();
        string root = Directory.CreateDirectory(folders.Combine("camvid")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(root, "val"), folders.Images);
        Directory.CreateSymbolicLink(Path.Combine(root, "valannot"), folders.Labels);

        AssertChangesNothing(folders, () => StreetsProgram.Fail(
            2,
            ["predict", "--model", model, "--preset", "camvid", "--data", root, "--out", Path.Combine(root, "valannot")],
            "(the mask of 0.png) would overwrite",
            "(a label mask)"));
    }

    [TestMethod]
    public void MasksOfAnEarlierRunAreReplacedAndWhatAKilledOneLeftGoes()
    {
        using StreetsFolders folders = new();
        string model = folders.WriteModel();
        string photos = folders.LinkMany("photos", 3, folders.Image(0));
        string output = folders.Combine("masks");
        string[] arguments = ["predict", "--model", model, "--images", photos, "--out", output];
        StreetsProgram.Succeed(arguments);
        string[] masks = Directory.GetFiles(output);
        Assert.HasCount(6, masks);

        File.Delete(Path.Combine(output, "0002.png"));
        File.WriteAllText(Path.Combine(output, $".road-{Guid.NewGuid():N}.tmp"), "half");
        File.WriteAllText(Path.Combine(photos, $".road-{Guid.NewGuid():N}.tmp"), "half, of one who wrote here");
        File.WriteAllText(Path.Combine(photos, $".{Guid.NewGuid():N}.png"), "half, of an earlier version");
        StringAssert.Contains(StreetsProgram.Succeed(arguments), "Wrote the masks of 3 images");
        CollectionAssert.AreEquivalent(masks, Directory.GetFiles(output));
    }

    [TestMethod]
    public void MasksOfTwoImagesInOneFileAreRefused()
    {
        using StreetsFolders folders = new();
        string model = folders.WriteModel();
        string photos = Directory.CreateDirectory(folders.Combine("photos")).FullName;
        string output = folders.Combine("masks");
        string[] arguments = ["predict", "--model", model, "--images", photos, "--out", output];
        File.Copy(folders.Image(0), Path.Combine(photos, "a.jpg"));
        File.Copy(folders.Image(1), Path.Combine(photos, "a_labels.png"));
        StreetsProgram.Fail(
            2, arguments, "'" + Path.Combine(
                output, "a_labels.png") + "'", "(the class ids of a.jpg)", "(the mask of a_labels.png)", "would be one file");
        File.Move(Path.Combine(photos, "a_labels.png"), Path.Combine(photos, "a.png"));
        StreetsProgram.Fail(2, arguments, "'a.jpg'", "'a.png'", "Their masks would be one file.");
        Assert.IsFalse(Directory.Exists(output));
    }

    [TestMethod]
    [DataRow("model.zip", "(--model)")]
    [DataRow("link", "(--model)")]
    [DataRow("classes.json", "(the classes)")]
    [DataRow("source/2.png", "(an image)")]
    [DataRow("labels/2.png", "(a label mask)")]
    public void AReportOrAnExportOverAnInputIsRefused(string place, string role)
    {
        using StreetsFolders folders = new();
        string model = folders.WriteModel();
        File.CreateSymbolicLink(folders.Combine("link"), model);
        string path = folders.Combine(place);
        AssertChangesNothing(folders, () =>
        {
            StreetsProgram.Fail(
                2,
                [
                    "evaluate", "--model", model, "--images", folders.Images, "--labels", folders.Labels, "--classes", folders.ClassesFile,
                    "--json", path],
                $"'{path}' (--json) would overwrite",
                role);
            if (role == "(--model)")
            {
                StreetsProgram.Fail(2, ["export", "--model", model, "--onnx", path], $"'{path}' (--onnx) would overwrite '{model}' {role}");
            }
        });
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void AReportIsWrittenIntoADeviceAndBehindWhatIsOnStandardOutput()
    {
        using StreetsFolders folders = new();
        string model = folders.WriteModel();
        string[] arguments =
        [
            "evaluate", "--model", model, "--images", folders.Images, "--labels", folders.Labels, "--classes",
            folders.ClassesFile, "--json",
        ];
        StreetsProgram.Succeed([.. arguments, "/dev/null"]);
        Assert.IsTrue(Road.Files.SpecialFile.IsAt("/dev/null"));

        string output = StreetsProgram.Succeed([.. arguments, "/dev/stdout"]);
        string redirected = folders.Combine("output.txt");
        (int exitCode, string errors) = RunningProgram.RunInShell(
            $"dotnet \"$@\" > '{redirected}'", "Streets", [.. arguments, "/dev/stdout"]);
        Assert.AreEqual(0, exitCode, errors);
        Assert.AreEqual(output, File.ReadAllText(redirected));
        StringAssert.Contains(output, "\"meanIoU\": ");
        StringAssert.StartsWith(output, "Scoring 4 images");
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void ADiskWithoutRoomIsToldOfTheFileThatTheUserNamed()
    {
        using StreetsFolders folders = new();
        string path = folders.Combine("models/model.zip");

        // A limit on the size of files, which a model is above; the runtime's own memory would be under it too.
        (int exitCode, string errors) = RunningProgram.RunInShell(
            "trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; ulimit -f 64; exec dotnet \"$@\"", "Streets", folders.Train(path, 1));

        Assert.AreEqual(1, exitCode, errors);
        StringAssert.StartsWith(errors, $"error: Cannot write '{path}': ");
        Assert.DoesNotContain(".road-", errors);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folders.Combine("models")));
    }

    private static void AssertChangesNothing(StreetsFolders folders, Action action)
    {
        Dictionary<string, string> before = Read();
        action();
        CollectionAssert.AreEquivalent(before.ToArray(), Read().ToArray());

        Dictionary<string, string> Read() => Directory.GetFiles(folders.Combine("."), "*", SearchOption.AllDirectories)
            .ToDictionary(
                static file => file, static file => Convert.ToHexString(
                    System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))));
    }
}
