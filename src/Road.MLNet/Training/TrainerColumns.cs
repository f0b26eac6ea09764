using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;
using Road.MLNet.Scoring;

namespace Road.MLNet.Data;

/// <summary>Checks of the columns that the trainer reads, with the messages that ML.NET's own trainers give.</summary>
internal static class TrainerColumns
{
    private const string LabelType = "Vector<Key<Byte>>";

    public static DataViewSchema.Column CheckLabel(IHost host, DataViewSchema schema, string name, string role = "source label")
    {
        DataViewSchema.Column? column = schema.GetColumnOrNull(name);
        if (column is null)
        {
            throw host.ExceptSchemaMismatch(nameof(schema), role, name);
        }

        if (!LabelColumn.IsLabelType(column.Value.Type))
        {
            throw host.ExceptSchemaMismatch(nameof(schema), role, name, LabelType, column.Value.Type.ToString());
        }

        return column.Value;
    }

    /// <summary>Finds a column of images, and says what may have become of one that is missing.</summary>
    public static DataViewSchema.Column CheckImage(IHost host, DataViewSchema schema, string name, string role) =>
        schema.GetColumnOrNull(name) is null
            ? throw MissingImage(nameof(schema), host.ExceptSchemaMismatch(nameof(schema), role, name))
            : ImageColumn.Check(host, schema, name, role);

    /// <summary>The columns of the model that is trained.</summary>
    public static RoadColumns OfModel(RoadTrainerOptions options) =>
        new(
            options.TargetImageColumnName, options.PredictedLabelColumnName, options.PredictedMaskColumnName, options.ScoreColumnName,
            options.ConfidenceColumnName);

    /// <summary>The shape of the view that the trained transformer gives.</summary>
    public static SchemaShape Output(IHost host, SchemaShape input, RoadTrainerOptions options)
    {
        Find(host, input, options.SourceImageColumnName, "source image",
            nameof(MLImage), static column => column.ItemType is ImageDataViewType);
        Find(host, input, options.SourceLabelColumnName, "source label", LabelType, IsLabel);
        if (options.TargetLabelColumnName is { } targetLabel)
        {
            Find(host, input, targetLabel, "target label", LabelType, IsLabel);
        }

        if (options.NeedsTarget || options.TargetLabelColumnName is not null)
        {
            Find(host, input, options.TargetImageColumnName, "target image",
                nameof(MLImage), static column => column.ItemType is ImageDataViewType);
        }

        // A shape holds that a column is a key and which annotations it has, not how many values: any number of classes does.
        string[] names = ["first", "second"];
        DataViewSchema.Builder builder = new();
        OfModel(options).AddTo(builder, names, LabelColumn.DefaultColors(names.Length));
        SchemaShape added = SchemaShape.Create(builder.ToSchema());
        return new SchemaShape([.. input.Where(column => !added.Any(other => other.Name == column.Name)), .. added]);
    }

    private static bool IsLabel(SchemaShape.Column column) =>
        column.IsKey && column.ItemType.RawType == typeof(byte) && column.Kind != SchemaShape.Column.VectorKind.Scalar;

    private static void Find(
        IHost host, SchemaShape input, string name, string role, string expected, Func<SchemaShape.Column, bool> fits)
    {
        foreach (SchemaShape.Column column in input)
        {
            if (column.Name == name)
            {
                if (!fits(column))
                {
                    throw host.ExceptSchemaMismatch(nameof(input), role, name, expected, column.GetTypeString());
                }

                return;
            }
        }

        Exception mismatch = host.ExceptSchemaMismatch(nameof(input), role, name);
        throw expected == nameof(MLImage) ? MissingImage(nameof(input), mismatch) : mismatch;
    }

    private static ArgumentOutOfRangeException MissingImage(string parameter, Exception mismatch) => new(
        parameter,
        mismatch.Message.Split(" (Parameter", 2)[0]
            + ". ML.NET's cache, AppendCacheCheckpoint and ml.Data.Cache, leaves columns of images out: where one stands before the "
            + "trainer, take it away, and set Loading.SampleCacheBytes in its place.");
}
