using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;

namespace Road.MLNet.Interop;

/// <summary>The transform that a view's column comes from. A view says so nowhere, but the transforms that it consists of do.</summary>
/// <param name="Transform">The transform.</param>
/// <param name="Column">What the column is called where it is made.</param>
/// <param name="IsDirect">Whether no other transform has changed it since.</param>
internal sealed record ColumnMaker(RowToRowMapperTransform Transform, string Column, bool IsDirect)
{
    /// <summary>Follows a column up-stream to a transformer of a class of its own.</summary>
    /// <typeparam name="T">The transformer's class.</typeparam>
    /// <param name="view">The view.</param>
    /// <param name="column">The name of its column.</param>
    /// <param name="isKind">Tells the types that the column may have on its way.</param>
    /// <param name="makes">Tells whether a transformer makes the column that has this name in it.</param>
    /// <returns>The transformer and what the column is called in it; null where the column comes from elsewhere.</returns>
    public static (T Transformer, string Column)? Find<T>(
        IDataView view, string column, Func<DataViewType, bool> isKind, Func<T, string, bool> makes)
        where T : class, ITransformer
    {
        ColumnMaker? maker = Find(view, column, isKind, (mapped, name) => mapped.GetTransformer() is T found && makes(found, name));
        return maker is null ? null : ((T)maker.Transform.GetTransformer(), maker.Column);
    }

    /// <summary>Follows a column up-stream.</summary>
    /// <param name="view">The view.</param>
    /// <param name="column">The name of its column.</param>
    /// <param name="isKind">Tells the types that the column may have on its way.</param>
    /// <param name="isMaker">Tells the transform that is looked for, by the column's name in it.</param>
    /// <returns>What was looked for; null where the column comes from elsewhere.</returns>
    public static ColumnMaker? Find(
        IDataView view, string column, Func<DataViewType, bool> isKind, Func<RowToRowMapperTransform, string, bool> isMaker)
    {
        string? name = column;
        bool isDirect = true;
        for (IDataView? at = view; at is not null && name is not null;)
        {
            switch (at)
            {
                case SequentialView sequential:
                    at = sequential.Inner;
                    break;
                case RowToRowMapperTransform mapped when isMaker(mapped, name):
                    return new ColumnMaker(mapped, name, isDirect);
                case RowToRowMapperTransform mapped:
                    isDirect &= mapped.OutputSchema[name].Index < mapped.InputSchema.Count;
                    name = Dependency(mapped, name, isKind);
                    at = mapped.Source;
                    break;
                case IDataTransform transform when transform.Source.Schema.GetColumnOrNull(name) is { } found && isKind(found.Type):
                    at = transform.Source;
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>The only column of a kind that one of a transform's output is made of; null for none or several.</summary>
    public static string? Dependency(RowToRowMapperTransform transform, string name, Func<DataViewType, bool> isWanted)
    {
        DataViewSchema.Column[] found =
            [.. ((IRowToRowMapper)transform).GetDependencies([transform.OutputSchema[name]]).Where(column => isWanted(column.Type))];
        return found.Length == 1 ? found[0].Name : null;
    }
}
