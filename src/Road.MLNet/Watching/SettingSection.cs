using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Road.MLNet.Reports;
using Road.Torch;
using Road.Torch.Training;
using TorchSharp;
using static Road.MLNet.Reports.HtmlText;

namespace Road.MLNet.Watching;

/// <summary>How a training was made: its options, those that are not the defaults first, and what it ran on.</summary>
internal static class SettingSection
{
    public static void Append(StringBuilder page, ReportContent content)
    {
        TrainingStart start = content.Start;
        (string Name, string Value)[] settings =
        [
            .. start.Settings.OrderBy(static setting => setting.Key, StringComparer.Ordinal)
                .Select(static setting => (setting.Key, setting.Value)),
        ];
        (string Name, string Value)[] defaults =
            [.. settings.Where(setting => start.DefaultSettings.GetValueOrDefault(setting.Name) == setting.Value)];
        page.Append("<section><h2>How it was made</h2><div class=\"halves\"><div class=\"panel\"><h3>Options</h3>");
        HtmlPage.AppendFacts(page, settings.Except(defaults).Select(setting => (
            setting.Name,
            start.DefaultSettings.TryGetValue(setting.Name, out string? usual) ? $"{setting.Value} (default {usual})" : setting.Value)));
        page.Append(Format($"<details><summary>{defaults.Length} more are the defaults</summary>"));
        HtmlPage.AppendFacts(page, defaults);
        page.Append("</details></div><div class=\"panel\"><h3>Environment</h3>");
        HtmlPage.AppendFacts(page,
        [
            ("device", start.Device),
            ("processor cores", Format($"{Environment.ProcessorCount}")),
            ("libtorch's threads", Format($"{torch.get_num_threads()}")),
            ("pretrained weights", start.Weights?.ToString() ?? "none"),
            ("checkpoint folder", start.CheckpointDirectory ?? "none"),
            ("Road", Version(typeof(TorchRuntime))),
            ("TorchSharp", Version(typeof(torch))),
            ("ML.NET", Version(typeof(Microsoft.ML.MLContext))),
            (".NET", RuntimeInformation.FrameworkDescription),
            ("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}"),
        ]);
        page.Append("</div></div></section>\n");
    }

    // An assembly's own version may stand still while its package's goes on.
    private static string Version(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
}
