using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Road.MLNet.Data;

/// <summary>The text column of paths that a loader of files reads, with the messages that ML.NET's own transforms give.</summary>
internal static class PathColumn
{
    /// <summary>Finds the column in a schema.</summary>
    /// <param name="host">What the messages name.</param>
    /// <param name="schema">The columns.</param>
    /// <param name="name">The column's name.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or holds no text.</exception>
    public static DataViewSchema.Column Check(IHost host, DataViewSchema schema, string name)
    {
        DataViewSchema.Column? column = schema.GetColumnOrNull(name);
        if (column is null)
        {
            throw host.ExceptSchemaMismatch(nameof(schema), "input", name);
        }

        if (column.Value.Type is not TextDataViewType)
        {
            throw host.ExceptSchemaMismatch(
                nameof(schema), "input", name, TextDataViewType.Instance.ToString(), column.Value.Type.ToString());
        }

        return column.Value;
    }

    /// <summary>Adds what a loader makes of the column to a schema's shape.</summary>
    /// <param name="host">What the messages name.</param>
    /// <param name="inputSchema">A shape with the column.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="outputs">The loader's columns, which take the place of others of their names.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or holds no text.</exception>
    public static SchemaShape Extend(
        IHost host, SchemaShape inputSchema, string name, IEnumerable<DataViewSchema.DetachedColumn> outputs)
    {
        SchemaShape.Column[] found = [.. inputSchema.Where(column => column.Name == name)];
        if (found.Length == 0)
        {
            throw host.ExceptSchemaMismatch(nameof(inputSchema), "input", name);
        }

        if (found[0].ItemType is not TextDataViewType || found[0].Kind != SchemaShape.Column.VectorKind.Scalar)
        {
            throw host.ExceptSchemaMismatch(
                nameof(inputSchema), "input", name, TextDataViewType.Instance.ToString(), found[0].GetTypeString());
        }

        var builder = new DataViewSchema.Builder();
        foreach (DataViewSchema.DetachedColumn output in outputs)
        {
            builder.AddColumn(output.Name, output.Type, output.Annotations);
        }

        SchemaShape added = SchemaShape.Create(builder.ToSchema());
        return new SchemaShape([.. inputSchema.Where(column => !added.Any(other => other.Name == column.Name)), .. added]);
    }
}
