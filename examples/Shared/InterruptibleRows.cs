using Microsoft.ML;

namespace Road.Examples;

/// <summary>Lets the reading of labelled images be ended between two of them.</summary>
internal static class InterruptibleRows
{
    /// <summary>A view with the text column <c>LabelPath</c> whose rows end, with an exception, once a token is cancelled.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="view">The view.</param>
    /// <param name="read">Is called for each row that is read; null for none.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static IDataView Create(MLContext ml, IDataView view, Action? read, CancellationToken cancellation) =>
        ml.Data.FilterByCustomPredicate<LabelledRow>(view, _ =>
        {
            cancellation.ThrowIfCancellationRequested();
            read?.Invoke();
            return false;
        });

    /// <summary>What tells one row from another.</summary>
    private sealed class LabelledRow
    {
        public string LabelPath { get; set; } = string.Empty;
    }
}
