using QuickStart.Pretraining;
using QuickStart.Scenes;
using QuickStart.Training;

namespace QuickStart.Report;

/// <summary>Everything that the page shows.</summary>
internal sealed record ReportData(
    QuickStartOptions Options,
    SceneFolders Folders,
    PretrainingResult Pretraining,
    RunResult None,
    RunResult Road,
    TimeSpan DrawingTime,
    TimeSpan TotalTime);
