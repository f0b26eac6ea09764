using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace Road.MLNet.Data;

/// <summary>The column type of images of any size.</summary>
internal static class ImageColumn
{
    static ImageColumn()
    {
        // ML.NET ties MLImage properties to column types of fixed sizes only, each through its attribute; without this
        // no class could receive an image column of unknown size, from CreateEnumerable or a PredictionEngine.
        DataViewTypeManager.Register(Type, typeof(MLImage));
    }

    /// <summary>The type, known to ML.NET as that of every <see cref="MLImage"/> property without an attribute.</summary>
    public static ImageDataViewType Type { get; } = new();

    /// <summary>Finds a column of images, with the messages that ML.NET's own trainers give.</summary>
    /// <param name="host">What the messages name.</param>
    /// <param name="schema">The columns.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="role">What the column is for, in the messages.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or holds something else.</exception>
    public static DataViewSchema.Column Check(IHost host, DataViewSchema schema, string name, string role)
    {
        DataViewSchema.Column? column = schema.GetColumnOrNull(name);
        if (column is null)
        {
            throw host.ExceptSchemaMismatch(nameof(schema), role, name);
        }

        if (column.Value.Type is not ImageDataViewType)
        {
            throw host.ExceptSchemaMismatch(nameof(schema), role, name, nameof(MLImage), column.Value.Type.ToString());
        }

        return column.Value;
    }

    /// <summary>
    /// Makes the type known before a class with such a property is first used: the runtime calls this before anything of the assembly runs.
    /// A program that runs nothing of it has ML.NET's own types alone, since .NET does not even load the assembly then.
    /// </summary>
    [ModuleInitializer]
    [SuppressMessage(
        "Usage", "CA2255", Justification = "ML.NET keeps its types by process, and any first use of Road may be followed by such a class.")]
    internal static void Register() => _ = Type;
}
