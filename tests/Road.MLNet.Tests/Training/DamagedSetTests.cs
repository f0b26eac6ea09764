using System.Buffers.Binary;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Road.MLNet.Tests.Data;
using Road.Torch.Data;

namespace Road.MLNet.Tests.Training;

/// <summary>
/// Each way in which a file of a set can be bad ends the training with its name and the cause, or is left out and reported.
/// </summary>
[TestClass]
public sealed class DamagedSetTests
{
    public static IEnumerable<object[]> Damages =>
    [
        Damage("image missing", true, File.Delete, "Could not find file"),
        Damage("image truncated", true, file => File.WriteAllBytes(file, File.ReadAllBytes(file)[..3000]), "is cut off"),
        Damage("image with a wrong checksum", true, file => BreakChecksum(file), "Column 'SourceImage'"),
        Damage("image of zero bytes", true, file => File.WriteAllBytes(file, []), "Column 'SourceImage'"),
        Damage("folder in an image's place", true, Replace, "Column 'SourceImage'"),
        Damage("label missing", false, File.Delete, "does not exist"),
        Damage("label truncated", false, file => File.WriteAllBytes(file, File.ReadAllBytes(file)[..^20]), "it ends within its IDAT chunk"),
        Damage("label with a wrong checksum", false, file => BreakChecksum(file), "the checksum of its IDAT chunk"),
        Damage("label of zero bytes", false, file => File.WriteAllBytes(file, []), "it is empty"),
        Damage(
            "label that Git LFS keeps", false, file => File.WriteAllText(file, "version https://git-lfs.github.com/spec/v1\n"),
            "it is a pointer of Git LFS"),
        Damage("folder in a label's place", false, Replace, "cannot read the label mask"),
        Damage("label of another size", false,
            file => File.WriteAllBytes(file, PngWriter.Write(47, 40, new byte[47 * 40])), "has 1880 pixels"),
        Damage(
            "label of 16 bits where 8 are due", false, file => File.WriteAllBytes(
                file, new PngWriter { Width = 48, Height = 40, BitDepth = 16 }.Encode(
                    new ushort[48 * 40])), "has 16 bits a sample, but 8 at most are expected"),
        Damage("label in RGB where ids are due", false, file => File.WriteAllBytes(
            file, PngWriter.Write(48, 40, new byte[48 * 40 * 3], colorType: 2)), "is in RGB, but ids are expected"),
    ];

    [TestMethod]
    [DynamicData(nameof(Damages))]
    public void StopNamesTheFileAndTheCause(string damage, bool isImage, Action<string> apply, string cause)
    {
        using var folders = new TrainingFolders();
        MLContext ml = new(1);
        IDataView source = folders.Source(ml, LabelEncoding.CityscapesTrainIds);
        string file = isImage ? folders.SourceImage(1) : folders.SourceLabel(1);
        apply(file);

        Exception error = Assert.Throws<Exception>(() => Fit(ml, source, BadSamplePolicy.Stop).Dispose(), damage);

        Assert.IsTrue(error is InvalidDataException or IOException, $"{damage}: {error.GetType()}");
        TrainerFixture.AssertMessage(error, file, cause);
    }

    [TestMethod]
    [DynamicData(nameof(Damages))]
    public void SkipLeavesTheSampleOutAndReportsIt(string damage, bool isImage, Action<string> apply, string cause)
    {
        using var folders = new TrainingFolders();
        MLContext ml = new(1);
        List<string> warnings = Warnings(ml);
        IDataView source = folders.Source(ml, LabelEncoding.CityscapesTrainIds);
        string file = isImage ? folders.SourceImage(1) : folders.SourceLabel(1);
        apply(file);

        using RoadTransformer model = Fit(ml, source, BadSamplePolicy.Skip);

        string warning = warnings.Single(message => message.Contains("left out", StringComparison.Ordinal));
        StringAssert.Contains(warning, "The training left out some of the source data. 1 sample could not be read: ", damage);
        StringAssert.Contains(warning, file, damage);
        StringAssert.Contains(warning, cause, damage);
        Assert.HasCount(3, TrainerFixture.Masks(model.Transform(folders.Target(ml))));
    }

    [TestMethod]
    public void AnUnreadableFileIsNamedOrLeftOut()
    {
        using var folders = new TrainingFolders();
        MLContext ml = new(1);
        List<string> warnings = Warnings(ml);
        IDataView source = folders.Source(ml);

        // A lock keeps out whoever asks, the superuser too.
        using FileStream image = new(folders.SourceImage(1), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        using FileStream label = new(folders.SourceLabel(2), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        Exception error = Assert.Throws<IOException>(() => Fit(ml, source, BadSamplePolicy.Stop).Dispose());
        Assert.IsTrue(
            error.Message.Contains(folders.SourceImage(1), StringComparison.Ordinal)
                || error.Message.Contains(folders.SourceLabel(2), StringComparison.Ordinal), error.Message);

        Fit(ml, source, BadSamplePolicy.Skip).Dispose();
        string warning = warnings.Single(message => message.Contains("left out", StringComparison.Ordinal));
        StringAssert.Contains(warning, "2 samples could not be read: ");
        StringAssert.Contains(warning, folders.SourceImage(1));
        StringAssert.Contains(warning, folders.SourceLabel(2));
    }

    [TestMethod]
    public void AForbiddenFileIsNamedOrLeftOut()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Inconclusive("This user may read every file.");
            return;
        }

        using var folders = new TrainingFolders();
        MLContext ml = new(1);
        List<string> warnings = Warnings(ml);
        IDataView source = folders.Source(ml);
        File.SetUnixFileMode(folders.SourceImage(1), UnixFileMode.None);
        TrainerFixture.AssertMessage(
            Assert.Throws<Exception>(() => Fit(ml, source, BadSamplePolicy.Stop).Dispose()), folders.SourceImage(1));
        Fit(ml, source, BadSamplePolicy.Skip).Dispose();
        StringAssert.Contains(warnings.Single(message => message.Contains("left out", StringComparison.Ordinal)), folders.SourceImage(1));
    }

    [TestMethod]
    public void ATargetImageIsLeftOutToo()
    {
        using var folders = new TrainingFolders();
        MLContext ml = new(1);
        List<string> warnings = Warnings(ml);
        RoadTrainerOptions options = TrainerFixture.Adapting(folders);
        options.Iterations = 10;
        options.BadSamples = BadSamplePolicy.Skip;
        File.WriteAllText(folders.TargetImage(1), "no image");
        ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(ml), folders.Target(ml)).Dispose();
        StringAssert.Contains(
            warnings.Single(message => message.Contains("left out", StringComparison.Ordinal)),
            $"of the target data. 1 sample could not be read: Column 'TargetImage'");
    }

    [TestMethod]
    public void ASetOfNothingButBadFilesIsAnError()
    {
        using var folders = new TrainingFolders();
        MLContext ml = new(1);
        for (int i = 0; i < 4; i++)
        {
            File.WriteAllText(folders.SourceLabel(i), "no mask");
        }

        Exception error = Assert.ThrowsExactly<InvalidDataException>(() => Fit(ml, folders.Source(ml), BadSamplePolicy.Skip));
        TrainerFixture.AssertMessage(
            error, "No sample of the source data can be read. 4 samples could not be read:", "it is not a PNG file");
    }

    [TestMethod]
    public void ASkippedSampleChangesNothingWhateverTheNumberOfWorkers()
    {
        using var folders = new TrainingFolders(sources: 6);
        BreakChecksum(folders.SourceLabel(2));
        byte[][] weights = [.. new[] { 1, 4 }.Select(workers =>
        {
            MLContext ml = new(3);
            using RoadTransformer model = Fit(ml, folders.Source(ml), BadSamplePolicy.Skip, workers);
            return TrainerFixture.SavedWeights(ml, model);
        })];
        CollectionAssert.AreEqual(weights[0], weights[1]);
    }

    [TestMethod]
    public void AWrongChecksumInALaterPartOfAnImageIsFoundToo()
    {
        using var folders = new TrainingFolders(width: 200, height: 150);
        MLContext ml = new(1);
        BreakChecksum(folders.SourceImage(1), last: true);
        Exception error = Assert.ThrowsExactly<InvalidDataException>(() => Fit(ml, folders.Source(ml), BadSamplePolicy.Stop));
        TrainerFixture.AssertMessage(error, "Column 'SourceImage' cannot be read in row 1", folders.SourceImage(1));
    }

    private static object[] Damage(string name, bool isImage, Action<string> apply, string cause) => [name, isImage, apply, cause];

    private static RoadTransformer Fit(MLContext ml, IDataView source, BadSamplePolicy policy, int workers = 1)
    {
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.Iterations = 10;
        options.LoaderWorkers = workers;
        options.BadSamples = policy;
        return ml.SemanticSegmentation.Trainers.Road(options).Fit(source);
    }

    private static List<string> Warnings(MLContext ml)
    {
        List<string> warnings = [];
        ml.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning)
            {
                warnings.Add(message.Message);
            }
        };
        return warnings;
    }

    /// <summary>Changes the checksum of the first or the last piece of compressed data.</summary>
    private static void BreakChecksum(string file, bool last = false)
    {
        byte[] bytes = File.ReadAllBytes(file);
        int data = last ? bytes.AsSpan().LastIndexOf("IDAT"u8) : bytes.AsSpan().IndexOf("IDAT"u8);
        Assert.AreEqual(last, data != bytes.AsSpan().IndexOf("IDAT"u8));
        int length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(data - 4));
        bytes[data + 4 + length] ^= 0x55;
        File.WriteAllBytes(file, bytes);
    }

    private static void Replace(string file)
    {
        File.Delete(file);
        Directory.CreateDirectory(file);
    }
}
