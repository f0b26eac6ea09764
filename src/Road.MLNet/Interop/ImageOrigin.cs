using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Road.MLNet.Data;

namespace Road.MLNet.Interop;

/// <summary>
/// Which files <c>LoadImages</c> reads a column's images from. It says so nowhere, but the transforms that a view consists of do.
/// </summary>
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
        string? name = column;
        bool isDirect = true;
        for (IDataView? at = view; at is not null && name is not null;)
        {
            switch (at)
            {
                case SequentialView sequential:
                    at = sequential.Inner;
                    break;
                case RowToRowMapperTransform mapped when mapped.GetTransformer() is ImageLoadingTransformer loader && PathColumn(mapped, name) is { } path:
                    return view.Schema.GetColumnOrNull(path) is { Type: TextDataViewType } found ? new ImageOrigin(found, loader.ImageFolder, isDirect) : null;
                case RowToRowMapperTransform mapped:
                    isDirect &= mapped.OutputSchema[name].Index < mapped.InputSchema.Count;
                    name = Dependency(mapped, name, static type => type is ImageDataViewType);
                    at = mapped.Source;
                    break;
                case IDataTransform transform when transform.Source.Schema.GetColumnOrNull(name) is { Type: ImageDataViewType }:
                    at = transform.Source;
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>The file that a path stands for.</summary>
    public string Combine(string path) => string.IsNullOrWhiteSpace(Folder) ? path : System.IO.Path.Combine(Folder, path);

    private static string? PathColumn(RowToRowMapperTransform loading, string name) =>
        loading.InputSchema.GetColumnOrNull(name) is { Type: ImageDataViewType } ? null : Dependency(loading, name, static type => type is TextDataViewType);

    /// <summary>The only column of a kind that one of a transform's output is made of; null for none or several.</summary>
    internal static string? Dependency(RowToRowMapperTransform transform, string name, Func<DataViewType, bool> isWanted)
    {
        DataViewSchema.Column[] found = [.. ((IRowToRowMapper)transform).GetDependencies([transform.OutputSchema[name]]).Where(column => isWanted(column.Type))];
        return found.Length == 1 ? found[0].Name : null;
    }
}
