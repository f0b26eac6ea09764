namespace Road.MLNet.Watching;

/// <summary>All that a report knows and a checkpoint keeps: numbers. Their size has a limit, whatever the length of the training.</summary>
internal sealed class ReportHistory
{
    // More than a curve on a screen has room for.
    private const int MostPoints = 800;
    private const int MostScores = 400;
    private const int MostWarnings = 30;

    /// <summary>Tells the training's page from those of others.</summary>
    public string Id { get; set; } = Guid.NewGuid().ToString("N");

    /// <summary>How often it went on from a checkpoint.</summary>
    public int Resumptions { get; set; }

    public List<ReportPoint> Points { get; set; } = [];

    public List<ReportScore> Scores { get; set; } = [];

    /// <summary>The best so far, which <see cref="Scores"/> may have lost.</summary>
    public ReportScore? Best { get; set; }

    public ReportDetails? Details { get; set; }

    public List<string> ClassNames { get; set; } = [];

    public List<string> ClassColors { get; set; } = [];

    /// <summary>The log's warnings, the first of them.</summary>
    public List<string> Warnings { get; set; } = [];


    public void Add(ReportPoint point)
    {
        // Steps that were taken back come again.
        Points.RemoveAll(other => other.Iteration >= point.Iteration);
        Points.Add(point);
        if (Points.Count > MostPoints)
        {
            Points = [.. Points.Chunk(2).Select(static pair => pair.Length == 1 ? pair[0] : ReportPoint.Mean(pair[0], pair[1]))];
        }
    }

    public void Add(ReportScore score)
    {
        Scores.RemoveAll(other => other.Iteration >= score.Iteration);
        if (Best is not null && Best.Iteration >= score.Iteration)
        {
            Best = Scores.MaxBy(static other => other.MeanIoU);
        }

        Scores.Add(score);
        if (Best is null || score.MeanIoU > Best.MeanIoU)
        {
            Best = score;
        }

        if (Scores.Count > MostScores)
        {
            Scores = [.. Scores.Where((_, place) => place % 2 == 1)];
        }
    }

    public void Warn(string message)
    {
        if (Warnings.Count < MostWarnings && !Warnings.Contains(message))
        {
            Warnings.Add(message);
        }
    }
}
