using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.MLNet.Interop;
using Road.Torch.Data;

namespace Road.MLNet.Tests.Data;

/// <summary>Reads an image file's pixels in each of the ways in which networks get them.</summary>
internal static class RowReading
{
    /// <summary>Training, scoring of a view, scoring behind another transform, and single rows.</summary>
    public static readonly string[] Ways = ["training", "view", "copied", "row"];

    /// <summary>Reads a file that <c>LoadImages</c> names.</summary>
    public static DecodedSample Read(string way, string file, ImageOrientation orientation = ImageOrientation.Upright)
    {
        MLContext ml = new(1);
        IDataView paths = ml.Data.LoadFromEnumerable([new PathRow { ImagePath = file }]);
        ImageLoadingTransformer loading = ml.Transforms.LoadImages("Image", null, "ImagePath").Fit(paths);
        IDataView view = loading.Transform(paths);
        if (way == "copied")
        {
            view = ml.Transforms.CopyColumns("Copy", "Image").Fit(view).Transform(view);
        }

        DataViewSchema.Column column = view.Schema[way == "copied" ? "Copy" : "Image"];
        switch (way)
        {
            case "training":
                ViewSampleSource source = new(view, column.Name, null, null) { Orientation = orientation };
                using (ISampleCursor samples = source.Open(1))
                {
                    Assert.IsTrue(samples.MoveNext());
                    return samples.Decode();
                }

            case "row":
                IRowToRowMapper mapper = ((ITransformer)loading).GetRowToRowMapper(paths.Schema);
                using (DataViewRowCursor cursor = paths.GetRowCursor(paths.Schema))
                {
                    Assert.IsTrue(cursor.MoveNext());
                    DataViewRow row = mapper.GetRow(cursor, mapper.OutputSchema);
                    using RowImage image = new(row, mapper.OutputSchema["Image"]);
                    return Decode(image, orientation);
                }

            default:
                using (DataViewRowCursor cursor = view.GetRowCursor(view.Schema))
                using (RowImage image = new(cursor, column, ImageOrigin.Find(view, column.Name)))
                {
                    Assert.IsTrue(cursor.MoveNext());
                    return Decode(image, orientation);
                }
        }
    }

    private static DecodedSample Decode(RowImage image, ImageOrientation orientation) =>
        ImagePixels.Decode(image.Read(PixelLimit.Default, orientation)!, null);

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = string.Empty;
    }
}
