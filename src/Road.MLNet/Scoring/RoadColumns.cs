using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;

namespace Road.MLNet.Scoring;

/// <summary>The columns that a trained model reads and adds.</summary>
/// <param name="Image">The column of images.</param>
/// <param name="PredictedLabel">The column of predicted label masks.</param>
/// <param name="PredictedMask">The column of masks in the palette's colours.</param>
/// <param name="Score">The column of probabilities; null for none.</param>
/// <param name="Confidence">The column of the largest probabilities; null for none.</param>
internal sealed record RoadColumns(
    string Image,
    string PredictedLabel,
    string PredictedMask,
    string? Score,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Confidence = null)
{
    /// <summary>The column of the predicted masks' widths and heights.</summary>
    public string PredictedLabelSize => LabelColumn.SizeColumnName(PredictedLabel);

    /// <summary>Adds the columns that a model of these classes gives.</summary>
    /// <param name="builder">The schema to add them to.</param>
    /// <param name="classNames">K names.</param>
    /// <param name="palette">R, G, B of each class: 3 x K bytes.</param>
    public void AddTo(DataViewSchema.Builder builder, string[] classNames, byte[] palette)
    {
        builder.AddColumn(
            PredictedLabel, LabelColumn.CreateType(classNames.Length), LabelColumn.CreateAnnotations(
                classNames, palette, PredictedLabelSize));
        builder.AddColumn(PredictedLabelSize, LabelColumn.SizeType);
        builder.AddColumn(PredictedMask, ImageColumn.Type);
        if (Score is not null)
        {
            builder.AddColumn(Score, new VectorDataViewType(NumberDataViewType.Single));
        }

        if (Confidence is not null)
        {
            builder.AddColumn(Confidence, new VectorDataViewType(NumberDataViewType.Single));
        }
    }
}
