using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Road.MLNet.Interop;

/// <summary>Which files <c>LoadImages</c> reads a column's images from.</summary>
/// <param name="Path">The view's column of paths.</param>
/// <param name="Folder">The folder that relative paths start from; null for the current folder.</param>
/// <param name="IsDirect">Whether no other transform has changed the images since.</param>
internal sealed record ImageOrigin(DataViewSchema.Column Path, string? Folder, bool IsDirect)
{
    /// <summary>Looks for where the images of a column come from.</summary>
    /// <param name="view">The view.</param>
    /// <param name="column">The name of its column of images.</param>
    /// <returns>The origin; null where they come from elsewhere, or the view has lost the column of paths.</returns>
    public static ImageOrigin? Find(IDataView view, string column)
    {
        ColumnMaker? maker = ColumnMaker.Find(
            view, column, static type => type is ImageDataViewType, static (mapped, name) => LoaderPath(mapped, name) is not null);
        return maker is not null
            && LoaderPath(maker.Transform, maker.Column) is { } path
            && view.Schema.GetColumnOrNull(path) is { Type: TextDataViewType } found
            ? new ImageOrigin(found, ((ImageLoadingTransformer)maker.Transform.GetTransformer()).ImageFolder, maker.IsDirect)
            : null;
    }

    /// <summary>The file that a path stands for.</summary>
    public string Combine(string path) => string.IsNullOrWhiteSpace(Folder) ? path : System.IO.Path.Combine(Folder, path);

    /// <summary>The column of paths that a transform loads a column's images from; null where it does not load it.</summary>
    private static string? LoaderPath(RowToRowMapperTransform mapped, string name) =>
        mapped.GetTransformer() is not ImageLoadingTransformer || mapped.InputSchema.GetColumnOrNull(name) is { Type: ImageDataViewType }
            ? null
            : ColumnMaker.Dependency(mapped, name, static type => type is TextDataViewType);
}
