using System.ComponentModel;
using System.Diagnostics;
using Road.MLNet.Tests.Processes;
using SkiaSharp;

namespace Road.MLNet.Tests.Streets;

/// <summary>Images by name, runs that go on, contact sheets, videos, and training without a target.</summary>
[TestClass]
public sealed class StreetsPredictTests
{
    [TestMethod]
    public void ImagesAreNamedByFilesPatternsAndListsAndARunGoesOn()
    {
        using StreetsFolders folders = new();
        string model = folders.Combine("model.zip");
        string[] train = folders.Train(model, 1);
        int target = Array.IndexOf(train, "--target-images");
        int weight = Array.IndexOf(train, "--distillation-weight");
        string said = StreetsProgram.Succeed(
            [.. train.Where((_, i) => i != target && i != target + 1 && i != weight && i != weight + 1), "--variant", "none"]);
        StringAssert.Contains(said, "Training on 4 labelled images alone");

        string photos = Directory.CreateDirectory(folders.Combine("photos/day")).FullName;
        File.Copy(folders.Image(0), Path.Combine(photos, "a.png"));
        File.Copy(folders.Image(1), folders.Combine("photos/b.png"));
        string output = folders.Combine("masks");
        string sheet = folders.Combine("sheet.png");
        string[] predict = ["predict", "--model", model, "--out", output, "--images"];
        StreetsProgram.Succeed([.. predict, folders.Combine("photos/**/*.png"), "--contact-sheet", sheet, "--mirror"]);
        string[] written = ["b.png", "b_labels.png", "day/a.png", "day/a_labels.png"];
        CollectionAssert.AreEqual(written, Files());
        using (SKBitmap page = SKBitmap.Decode(sheet))
        {
            // Two images beside their overlays.
            Assert.AreEqual((4 * 360) + (3 * 6), page.Width);
        }

        File.Delete(Path.Combine(output, "day", "a_labels.png"));
        File.SetLastWriteTimeUtc(Path.Combine(output, "b.png"), new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        said = StreetsProgram.Succeed(
            [.. predict, folders.Combine("photos/b.png"), Path.Combine(photos, "a.png"), "--skip-existing"]);
        StringAssert.Contains(said, "Wrote the masks of 1 images");
        StringAssert.Contains(said, "; 1 of them are there already");
        CollectionAssert.AreEqual(written, Files());
        Assert.AreEqual(2100, File.GetLastWriteTimeUtc(Path.Combine(output, "b.png")).Year);

        string list = folders.Combine("list.txt");
        File.WriteAllText(list, $"{Path.Combine(photos, "a.png")}\n\n{folders.Combine("photos/b.png")}\n");
        said = StreetsProgram.Succeed([.. predict[..^1], "--list", list, "--scales", "1"]);
        StringAssert.Contains(said, "Wrote the masks of 2 images");
        CollectionAssert.AreEqual(written, Files());

        File.AppendAllText(list, "gone.png\n");
        StreetsProgram.Fail(2, [.. predict[..^1], "--list", list], $"--list, line 4 of '{list}': there is no image", "'gone.png'");
        StreetsProgram.Fail(2, [.. predict, folders.Combine("photos/*.tif")], "--images: there is no file", "*.tif'");

        string[] Files() => [.. Directory.GetFiles(output, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(output, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];
    }

    [TestMethod]
    public void AVideoKeepsItsRateItsTurnAndItsSound()
    {
        using StreetsFolders folders = new();
        string video = folders.Combine("in.mp4");
        (bool isThere, string said) = Ffmpeg(
            "ffmpeg", "-f", "lavfi", "-i", "testsrc=duration=0.4:size=48x36:rate=10", "-f", "lavfi", "-i", "sine=duration=0.4", "-c:v",
            "mpeg4", "-c:a", "aac", video);
        if (!isThere)
        {
            Assert.Inconclusive($"ffmpeg is not installed, or cannot write such a video: {said}");
        }

        string model = folders.WriteModel();
        string turned = folders.Combine("turned.mp4");
        if (!Ffmpeg("ffmpeg", "-display_rotation", "90", "-i", video, "-c", "copy", turned).IsDone)
        {
            // An ffmpeg of before 6 is told by a tag.
            Assert.IsTrue(Ffmpeg("ffmpeg", "-y", "-i", video, "-c", "copy", "-metadata:s:v:0", "rotate=90", turned).IsDone);
        }

        string output = folders.Combine("out/drawn.mp4");
        StringAssert.Contains(
            StreetsProgram.Succeed("predict", "--model", model, "--video", turned, "--out", output, "--overlay", "0.4"), "4 frames");

        said = Ffmpeg("ffprobe", "-show_entries", "stream=codec_type,width,height,r_frame_rate,nb_frames", "-of", "csv=p=0", output).Said;
        StringAssert.Contains(said, "video,36,48,10/1,4");
        StringAssert.Contains(said, "audio");
        CollectionAssert.AreEqual(new[] { output }, Directory.GetFileSystemEntries(folders.Combine("out")));

        // Its own video is replaced, another is not; what is no video is told of in ffmpeg's words.
        StreetsProgram.Succeed("predict", "--model", model, "--video", video, "--out", output);
        StreetsProgram.Fail(
            2, ["predict", "--model", model, "--video", video, "--out", turned], "it is no video that predict wrote");
        StreetsProgram.Fail(
            1, ["predict", "--model", model, "--video", folders.ClassesFile, "--out", output], "ffmpeg cannot read", "Invalid data");
    }

    [TestMethod]
    public void WithoutFfmpegTheErrorSaysHowToGetIt()
    {
        using StreetsFolders folders = new();
        string[] arguments = ["predict", "--model", "m", "--video", folders.ClassesFile, "--out", folders.Combine("o.mp4")];
        using Process process = Programs.Start(
            Programs.Example("Streets"), arguments, start => start.Environment["PATH"] = folders.Combine("."));
        (int exitCode, _, string errors) = Programs.Finish(process);
        Assert.AreEqual(1, exitCode);
        StringAssert.Contains(errors, "there is no program 'ffprobe' in the PATH. Install it");
    }

    [TestMethod]
    public void ConvertedMasksAreTrainedOn()
    {
        using StreetsFolders folders = new();
        string[] images = [.. Enumerable.Range(0, 4).Select(folders.Image)];
        string records = string.Join(", ", images.Select(
            static (file, i) => $$"""{"id": {{i}}, "file_name": "{{Path.GetFileName(file)}}", "width": 48, "height": 40}"""));
        string shapes = string.Join(", ", images.Select(static (_, i) =>
            $$"""{"image_id": {{i}}, "category_id": 1, "segmentation": [[0, 20, 48, 20, 48, 40, 0, 40]]}"""));
        string json = folders.Combine("coco.json");
        File.WriteAllText(
            json, $$"""{"images": [{{records}}], "categories": [{"id": 1, "name": "road"}], "annotations": [{{shapes}}]}""");
        string output = folders.Combine("converted");
        string[] convert = ["convert", "--annotations", json, "--images", folders.Images, "--out", output, "--background", "else"];

        string said = StreetsProgram.Succeed(convert);

        StringAssert.Contains(said, "0 else  50.00 %");
        StringAssert.Contains(said, "1 road  50.00 %       4 shapes");
        string[] train =
        [
            "train", "--source-images", folders.Images, "--source-labels", Path.Combine(output, "labels"), "--source-classes",
            Path.Combine(output, "classes.json"), "--variant", "none", "--network", "deeplab-squeezenet1_1", "--crop", "32", "--batch", "1",
            "--iterations", "1", "--model",
        ];
        string model = folders.Combine("model.zip");
        StreetsProgram.Succeed([.. train, model]);
        StringAssert.Contains(
            StreetsProgram.Succeed([.. train, folders.Combine("next.zip"), "--from", model]), $"goes on from the weights of '{model}'");
        StreetsProgram.Fail(2, [.. train, model, "--from", model], "(--from)");
        StreetsProgram.Succeed(convert);
        string mask = Path.Combine(output, "labels", "0.png");
        File.Copy(folders.Label(0), mask, overwrite: true);
        StreetsProgram.Fail(2, convert, $"'{mask}' is there already", "no mask that this program wrote");
    }

    private static (bool IsDone, string Said) Ffmpeg(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, ["-v", "error", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            (int exitCode, string output, string errors) = Programs.Finish(process);
            return (exitCode == 0, output + errors);
        }
        catch (Win32Exception error)
        {
            return (false, error.Message);
        }
    }
}
