using System.Buffers.Binary;
using System.Xml.Linq;
using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.Torch.Networks;
using Road.Torch.Training;
using Tensorboard;

namespace Road.MLNet.Tests.Training;

/// <summary>
/// TensorBoard's files and the report of a training of five steps, which is evaluated after each, saved after the second and the fourth,
/// broken off in the fifth or before, and goes on.
/// </summary>
[TestClass]
public sealed class WatchingTests
{
    private const int Iterations = 5;

    [TestMethod]
    [DataRow(3)]
    [DataRow(5)]
    public void WhatIsWrittenOfATrainingThatGoesOnIsThatOfOneThatDidNotBreak(int broken)
    {
        using TrainingFolders folders = new();
        byte[] expected = Fit(folders, Options(folders), new MLContext(seed: 3));
        string events = folders.Combine("events");
        string page = folders.Combine("new/report.html");
        MLContext first = new(seed: 3);
        RoadTrainerOptions breaking = Watched(folders, first, events, page);
        breaking.Observers.Add(new Breaker(broken));
        Assert.ThrowsExactly<TrainingObserverException>(() => Fit(folders, breaking, first));
        XElement failed = XDocument.Parse(File.ReadAllText(page)).Root!;
        Assert.AreEqual("failed", Text(failed, "state failed"));
        StringAssert.Contains(Text(failed, "lead"), "broken here");

        // A second break, before anything is saved anew, leaves a file that no checkpoint knows.
        MLContext second = new(seed: 3);
        RoadTrainerOptions again = Watched(folders, second, events, page);
        again.Observers.Add(new Breaker(broken));
        Assert.ThrowsExactly<TrainingObserverException>(() => Fit(folders, again, second));

        MLContext third = new(seed: 3);
        RoadTrainerOptions last = Watched(folders, third, events, page);
        MLContext apart = new();
        List<SemanticSegmentationMetrics> measured = [];
        last.Evaluation = snapshot =>
        {
            using (snapshot.Model)
            {
                measured.Add(apart.SemanticSegmentation.Evaluate(snapshot.Model.Transform(Labelled(folders, apart))));
            }
        };
        CollectionAssert.AreEqual(expected, Fit(folders, last, third));
        CheckEvents(events, measured[^1]);
        CheckPage(page, measured[^1]);
    }

    [TestMethod]
    public void WithoutAnEvaluationThereAreLossesAlone()
    {
        using TrainingFolders folders = new();
        MLContext ml = new(seed: 3);
        RoadTrainerOptions options = Options(folders);
        options.Observers.Add(new TensorBoardLog(folders.Combine("events")));
        options.Observers.Add(new TrainingReport(folders.Combine("report.html")) { Title = "Roads & more" });
        Fit(folders, options, ml);
        Assert.AreEqual(
            "loss/L_seg, settings/text_summary, training/images a second, training/learning rate, training/memory in MB",
            string.Join(
                ", ", Values(folders.Combine("events")).Select(static value => value.Tag).Distinct().Order(StringComparer.Ordinal)));
        XElement page = XDocument.Parse(File.ReadAllText(folders.Combine("report.html"))).Root!;
        Assert.AreEqual("Roads & more", page.Descendants("h1").Single().Value);
        Assert.AreEqual("done", Text(page, "state done"));
        CollectionAssert.IsSubsetOf(
            new[] { "Curves", "How it was made" }, page.Descendants("h2").Select(static title => title.Value).ToArray());
        CollectionAssert.Contains(
            page.Descendants("td").Select(static cell => cell.Value).ToArray(), "5 (default 20000)");
    }

    private static void CheckEvents(string folder, SemanticSegmentationMetrics metrics)
    {
        (int Step, string Tag, Summary.Types.Value Value)[] values = Values(folder);
        string[] tags = ["loss/L_seg", "training/learning rate", "evaluation/mean IoU", "IoU/road", "confusion", "images/2"];
        foreach (string tag in tags)
        {
            CollectionAssert.AreEqual(
                Enumerable.Range(1, Iterations).ToArray(),
                values.Where(value => value.Tag == tag).Select(static value => value.Step).ToArray(),
                tag);
        }

        Assert.AreEqual((float)metrics.MeanIntersectionOverUnion, Last("evaluation/mean IoU").SimpleValue);
        Assert.AreEqual((float)metrics.PerClassIntersectionOverUnion[1], Last("IoU/car").SimpleValue);

        // An image of 48 x 40 pixels, a gap of 6, and what the network sees.
        Summary.Types.Image image = Last("images/1").Image;
        using MemoryStream png = new(image.EncodedImageString.ToByteArray());
        using MLImage picture = MLImage.CreateFromStream(png);
        Assert.AreEqual((102, 40, 102, 40), (picture.Width, picture.Height, image.Width, image.Height));

        Summary.Types.Value Last(string tag) => values.Last(value => value.Tag == tag).Value;
    }

    private static void CheckPage(string path, SemanticSegmentationMetrics metrics)
    {
        string text = File.ReadAllText(path);
        Assert.DoesNotContain("http-equiv", text);
        XElement page = XDocument.Parse(text).Root!;
        Assert.AreEqual("done", Text(page, "state done"));
        string[] pictures = [.. page.Descendants("img").Select(
            static picture => $"{picture.Attribute("data-image")!.Value}:{picture.Attribute("data-at")!.Value}")];
        Assert.AreEqual("0:0 0:5 0:4 0:3 0:2 0:1 1:0 1:5 1:4 1:3 1:2 1:1", string.Join(' ', pictures));
        Assert.IsTrue(page.Descendants("img").All(static picture =>
            Convert.FromBase64String(picture.Attribute("src")!.Value.Split("base64,")[1]).Length > 0));
        XElement mean = page.Descendants("tr").Single(static row => row.Attribute("class")?.Value == "mean");
        Assert.AreEqual(
            (100 * metrics.MeanIntersectionOverUnion).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture),
            mean.Elements("td").First().Value);
        XElement course = mean.Descendants().Single(static element => element.Name.LocalName == "polyline");
        Assert.HasCount(Iterations, course.Attribute("points")!.Value.Split(' '));
        Assert.IsTrue(page.Descendants("li").Any(
            static item => item.Value.StartsWith("Went on from a checkpoint", StringComparison.Ordinal)));
        CollectionAssert.IsSubsetOf(
            new[] { "To know", "Curves", "Classes", "What the network sees", "Where it errs, and whether it knows", "How it was made" },
            page.Descendants("h2").Select(static title => title.Value).ToArray());
    }

    private static string Text(XElement page, string style) =>
        page.Descendants("p").Single(element => element.Attribute("class")?.Value == style).Value;

    /// <summary>Reads the files of a folder as the format is described, and checks every sum.</summary>
    private static (int Step, string Tag, Summary.Types.Value Value)[] Values(string folder)
    {
        List<(int, string, Summary.Types.Value)> values = [];
        foreach (string file in Directory.GetFiles(folder, "*tfevents*").Order(StringComparer.Ordinal))
        {
            ReadOnlySpan<byte> content = File.ReadAllBytes(file);
            bool isFirst = true;
            while (!content.IsEmpty)
            {
                int length = (int)BinaryPrimitives.ReadInt64LittleEndian(content);
                Assert.AreEqual(MaskedSum(content[..8]), BinaryPrimitives.ReadUInt32LittleEndian(content[8..]));
                ReadOnlySpan<byte> record = content.Slice(12, length);
                Assert.AreEqual(MaskedSum(record), BinaryPrimitives.ReadUInt32LittleEndian(content[(12 + length)..]));
                Event read = Event.Parser.ParseFrom(new CodedInputStream(record.ToArray()));
                Assert.AreEqual(isFirst ? "brain.Event:2" : "", read.FileVersion);
                Assert.IsLessThan(TimeSpan.FromDays(2), DateTime.UnixEpoch.AddSeconds(read.WallTime) - DateTime.UtcNow);
                values.AddRange((read.Summary?.Value ?? []).Select(value => ((int)read.Step, value.Tag, value)));
                content = content[(16 + length)..];
                isFirst = false;
            }
        }

        return [.. values];
    }

    /// <summary>CRC-32C by its polynomial, bit by bit, rotated and shifted as event files have it.</summary>
    private static uint MaskedSum(ReadOnlySpan<byte> data)
    {
        uint sum = uint.MaxValue;
        foreach (byte value in data)
        {
            sum ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                sum = (sum >> 1) ^ ((sum & 1) * 0x82F63B78);
            }
        }

        sum = ~sum;
        return unchecked(((sum >> 15) | (sum << 17)) + 0xA282EAD8);
    }

    private static RoadTrainerOptions Options(TrainingFolders folders)
    {
        RoadTrainerOptions options = TrainerFixture.SourceOnly();
        options.Network = SegmentationNetworks.Get("deeplab-squeezenet1_1");
        string weights = folders.Combine("backbone.safetensors");
        options.BackboneWeights = File.Exists(weights) ? weights : TrainerFixture.WriteWeights(options.Network, weights);
        options.Iterations = Iterations;
        options.ProgressInterval = 1;
        options.EvaluationInterval = 1;
        return options;
    }

    private static RoadTrainerOptions Watched(TrainingFolders folders, MLContext ml, string events, string page)
    {
        RoadTrainerOptions options = Options(folders);
        options.CheckpointDirectory = folders.Combine("state");
        options.CheckpointInterval = 2;
        MLContext apart = new();
        AddObservers(options, ml, Labelled(folders, apart), folders.Target(apart), events, page);
        return options;
    }

    private static void AddObservers(
        RoadTrainerOptions options, MLContext ml, IDataView labelled, IDataView photos, string events, string page)
    {
        // README begin
        var evaluation = new SnapshotEvaluation { Labelled = labelled, Images = photos, ImageCount = 2 };
        options.Observers.Add(new TensorBoardLog(events) { Evaluation = evaluation });
        options.Observers.Add(new TrainingReport(page, ml) { Evaluation = evaluation, Title = "Streets" });
        options.Observers.Add(new EarlyStopping(evaluation.MeanIntersectionOverUnion) { Patience = 20 });
        // README end
    }

    private static IDataView Labelled(TrainingFolders folders, MLContext ml)
    {
        IDataView labelled = ml.Data.AsTargetDomain(ml.Data.LoadSegmentationFolder(folders.SourceImages, folders.SourceLabels));
        return ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath")
            .Append(ml.Transforms.LoadLabelMasks("Label", null, "LabelPath", TrainingFolders.Encoding)).Fit(labelled).Transform(labelled);
    }

    private static byte[] Fit(TrainingFolders folders, RoadTrainerOptions options, MLContext ml)
    {
        using RoadTransformer model = ml.SemanticSegmentation.Trainers.Road(options).Fit(folders.Source(ml));
        return TrainerFixture.SavedWeights(ml, model);
    }

    /// <summary>Throws, which leaves the last state that was saved, as a kill does.</summary>
    private sealed class Breaker(int iteration) : ITrainingObserver
    {
        public bool WantsSnapshots => true;

        public void Evaluated(TrainingSnapshot snapshot)
        {
            if (snapshot.Iteration == iteration)
            {
                throw new TimeZoneNotFoundException("broken here");
            }
        }
    }
}
