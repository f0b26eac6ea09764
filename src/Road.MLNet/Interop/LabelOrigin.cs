using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;

namespace Road.MLNet.Interop;

/// <summary>Which files <see cref="LabelMaskCatalog"/> reads a column's masks from, as <see cref="ImageOrigin"/> says of images.</summary>
/// <param name="Path">The view's column of paths.</param>
/// <param name="Loader">What reads the masks.</param>
internal sealed record LabelOrigin(DataViewSchema.Column Path, LabelMaskLoadingTransformer Loader)
{
    /// <summary>Looks for where the masks of a column come from.</summary>
    /// <param name="view">The view.</param>
    /// <param name="column">The name of its column of masks.</param>
    /// <returns>The origin; null where they come from elsewhere, or the view has lost the column of paths.</returns>
    public static LabelOrigin? Find(IDataView view, string column)
    {
        string? name = column;
        for (IDataView? at = view; at is not null && name is not null;)
        {
            switch (at)
            {
                case SequentialView sequential:
                    at = sequential.Inner;
                    break;
                case RowToRowMapperTransform mapped when mapped.GetTransformer() is LabelMaskLoadingTransformer loader && loader.OutputColumnName == name:
                    // A loader may write its masks over the column of their paths.
                    return loader.InputColumnName != name && view.Schema.GetColumnOrNull(loader.InputColumnName) is { Type: TextDataViewType } path
                        ? new LabelOrigin(path, loader)
                        : null;
                case RowToRowMapperTransform mapped:
                    name = ImageOrigin.Dependency(mapped, name, LabelColumn.IsLabelType);
                    at = mapped.Source;
                    break;
                case IDataTransform transform when transform.Source.Schema.GetColumnOrNull(name) is { } found && LabelColumn.IsLabelType(found.Type):
                    at = transform.Source;
                    break;
                default:
                    return null;
            }
        }

        return null;
    }
}
