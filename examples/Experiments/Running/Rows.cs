using Microsoft.ML;

namespace Experiments.Running;

/// <summary>Rows of a view.</summary>
internal static class Rows
{
    /// <summary>One row, counted from 0.</summary>
    public static IDataView Only(MLContext ml, IDataView view, int row) =>
        ml.Data.TakeRows(row == 0 ? view : ml.Data.SkipRows(view, row), 1);
}
