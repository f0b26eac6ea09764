using System.Globalization;
using System.Net;
using System.Text;
using QuickStart.Training;
using Road.MLNet;

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
        page.Append("<div class=\"facts\"><div class=\"panel\"><h3>Settings</h3><table><tbody>");
        Fact(page, "network", options.Network.Name);
        Fact(page, "iterations", Format($"{options.Iterations}"));
        Fact(page, "crops in a step", Format($"{options.BatchSize} of each domain, {options.CropSize} × {options.CropSize} pixels"));
        Fact(page, "learning rate", Format(
            $"{options.LearningRate:0.#####}, head × {options.HeadLearningRateMultiplier:0.#}, poly {options.PolyPower:0.#}"));
        Fact(page, "distillation weight λ₁", Format($"0 and {RunSettings.DistillationWeight}"));
        Fact(page, "spatial weight λ₂", Format(
            $"0 and {RunSettings.SpatialWeight}, {options.RegionRows} × {options.RegionColumns} regions"));
        Fact(page, "seed", Format($"{data.Options.Seed}"));
        page.Append("</tbody></table></div><div class=\"panel\"><h3>Times</h3><table><tbody>");
        Fact(page, "drawing the scenes", Time(data.DrawingTime));
        Fact(page, "pretraining the backbone", Time(data.Pretraining.Time));
        Fact(page, "training without adaptation", Time(data.None.TrainingTime));
        Fact(page, "training with ROAD", Time(data.Road.TrainingTime));
        Fact(page, "scoring, both models", Time(data.None.ScoringTime + data.Road.ScoringTime));
        Fact(page, "everything", Time(data.TotalTime));
        Fact(page, "processor cores", Format($"{Environment.ProcessorCount}"));
        page.Append("</tbody></table></div></div></section>\n");
    }

    private static void Fact(StringBuilder page, string name, string value) =>
        page.Append($"<tr><td>{name}</td><td>{WebUtility.HtmlEncode(value)}</td></tr>");

    private static string Time(TimeSpan time) => Format($"{time.TotalSeconds:0.0} s");

    private static string Format(params FormattableString[] text) =>
        string.Concat(text.Select(static part => part.ToString(CultureInfo.InvariantCulture)));
}
