using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Interop;

namespace Road.MLNet.Data;

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
        // A loader may write its masks over the column of their paths.
        return ColumnMaker.Find<LabelMaskLoadingTransformer>(
                view, column, LabelColumn.IsLabelType, static (loader, name) => loader.OutputColumnName == name) is var (loader, made)
            && loader.InputColumnName != made
            && view.Schema.GetColumnOrNull(loader.InputColumnName) is { Type: TextDataViewType } path
            ? new LabelOrigin(path, loader)
            : null;
    }
}
