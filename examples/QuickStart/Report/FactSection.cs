using System.Text;
using QuickStart.Training;
using Road.MLNet;
using static Road.MLNet.Reports.HtmlText;

namespace QuickStart.Report;

/// <summary>The page's last part: where the backbone comes from, the settings and the times.</summary>
internal static class FactSection
{
    public static void Append(StringBuilder page, ReportData data)
    {
        RoadTrainerOptions options = RunSettings.Create("backbone.safetensors", data.Options.Iterations);
        page.Append("<section><h2>How it was made</h2>");
        page.Append(
            Format(
                $"<p>ROAD starts from a backbone pretrained on real pictures, as a rule on ImageNet. The stand-in here is a SqueezeNet ",
                $"1.1 that first learned to name single things in the camera's look ({data.Pretraining.KindCount} kinds, ",
                $"{data.Pretraining.PictureCount} pictures, one label a picture); it names {100 * data.Pretraining.Accuracy:0} % of ",
                $"unseen ones. It saw no street scene and no label of a pixel. Both trainings start from it, with the same seed and ",
                $"the same options but for the two weights.</p>"));
        page.Append("<div class=\"halves\"><div class=\"panel\"><h3>Settings</h3>");
        HtmlPage.AppendFacts(page,
        [
            ("network", options.Network.Name),
            ("iterations", Format($"{options.Iterations}")),
            ("crops in a step", Format($"{options.BatchSize} of each domain, {options.CropSize} × {options.CropSize} pixels")),
            ("learning rate", Format(
                $"{options.LearningRate:0.#####}, head × {options.HeadLearningRateMultiplier:0.#}, poly {options.PolyPower:0.#}")),
            ("distillation weight λ₁", Format($"0 and {RunSettings.DistillationWeight}")),
            ("spatial weight λ₂", Format($"0 and {RunSettings.SpatialWeight}, {options.RegionRows} × {options.RegionColumns} regions")),
            ("seed", Format($"{data.Options.Seed}")),
        ]);
        page.Append("</div><div class=\"panel\"><h3>Times</h3>");
        HtmlPage.AppendFacts(page,
        [
            ("drawing the scenes", Time(data.DrawingTime)),
            ("pretraining the backbone", Time(data.Pretraining.Time)),
            ("training without adaptation", Time(data.None.TrainingTime)),
            ("training with ROAD", Time(data.Road.TrainingTime)),
            ("scoring, both models", Time(data.None.ScoringTime + data.Road.ScoringTime)),
            ("everything", Time(data.TotalTime)),
            ("processor cores", Format($"{Environment.ProcessorCount}")),
        ]);
        page.Append("</div></div></section>\n");
    }

    private static string Time(TimeSpan time) => Format($"{time.TotalSeconds:0.0} s");
}
