using Microsoft.ML.Data;
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

    /// <summary>Makes the type known before a class with such a property is first used.</summary>
    public static void Register() => _ = Type;
}
