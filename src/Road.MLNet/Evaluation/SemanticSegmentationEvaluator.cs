using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Road.MLNet.Data;
using Road.Torch.Data;
using Road.Torch.Metrics;
using ConfusionMatrix = Road.Torch.Metrics.ConfusionMatrix;

namespace Road.MLNet;

/// <summary>Compares a column of predicted masks with a column of true ones.</summary>
internal sealed class SemanticSegmentationEvaluator
{
    private readonly IHost _host;
    private readonly SemanticSegmentationEvaluationOptions _options;
    private readonly string _labelColumnName;
    private readonly string _predictedLabelColumnName;

    // Class indices of one row, kept between rows.
    private byte[] _truth = [];
    private byte[] _prediction = [];
    private float[] _confidence = [];
    private VBuffer<int> _truthSize;
    private VBuffer<int> _predictionSize;

    /// <summary>Creates an evaluator of the columns that the options name.</summary>
    public SemanticSegmentationEvaluator(IHostEnvironment environment, SemanticSegmentationEvaluationOptions options)
    {
        _host = environment.Register(nameof(SemanticSegmentationEvaluator));
        _options = options;
        _labelColumnName = options.LabelColumnName;
        _predictedLabelColumnName = options.PredictedLabelColumnName;
    }

    /// <summary>Counts all rows into one confusion matrix.</summary>
    /// <param name="data">A view with both columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or holds no label masks.</exception>
    /// <exception cref="ArgumentException">
    /// The columns have no class names, or not the same ones; or outlines are wanted of masks without a column of their sizes.
    /// </exception>
    /// <exception cref="InvalidDataException">
    /// There is no row or no labelled pixel, or a row's label, prediction and confidences differ in size, or a labelled pixel has no
    /// prediction or a confidence that is none.
    /// </exception>
    public SemanticSegmentationMetrics Evaluate(IDataView data)
    {
        DataViewSchema.Column labels = FindColumn(data.Schema, "label", _labelColumnName);
        DataViewSchema.Column predictions = FindColumn(data.Schema, "predicted label", _predictedLabelColumnName);
        DataViewSchema.Column? confidences = FindConfidence(data.Schema);
        string[] classNames = LabelColumn.ReadClassNames(labels);
        CheckNames(classNames, LabelColumn.ReadClassNames(predictions));

        var matrix = new ConfusionMatrix(classNames.Length);
        DataViewSchema.Column? labelSizes = LabelColumn.FindSize(data.Schema, labels);
        DataViewSchema.Column? predictionSizes = LabelColumn.FindSize(data.Schema, predictions);
        bool hasSizes = labelSizes is not null && predictionSizes is not null;
        if (_options.Boundaries && !hasSizes)
        {
            throw new ArgumentException(
                $"Outlines need the sizes of masks, and the columns '{_labelColumnName}' and '{_predictedLabelColumnName}' have no columns "
                + "of them.");
        }

        List<DataViewSchema.Column> columns = [labels, predictions, .. RowText.Columns(data.Schema)];
        if (hasSizes)
        {
            columns.AddRange([labelSizes!.Value, predictionSizes!.Value]);
        }

        if (confidences is not null)
        {
            columns.Add(confidences.Value);
        }

        List<ImageMetrics>? images = _options.PerImage ? [] : null;
        ReliabilityDiagram? calibration = confidences is null ? null : new ReliabilityDiagram(_options.CalibrationBins);
        BoundaryIntersectionOverUnion? boundaries =
            _options.Boundaries ? new BoundaryIntersectionOverUnion(classNames.Length, _options.BoundaryWidth) : null;

        using DataViewRowCursor cursor = SequentialView.OpenCursor(data, columns);
        var text = new RowText(cursor);
        ValueGetter<VBuffer<int>>? getLabelSize = hasSizes ? cursor.GetGetter<VBuffer<int>>(labelSizes!.Value) : null;
        ValueGetter<VBuffer<int>>? getPredictionSize = hasSizes ? cursor.GetGetter<VBuffer<int>>(predictionSizes!.Value) : null;
        ValueGetter<VBuffer<byte>> getLabel = cursor.GetGetter<VBuffer<byte>>(labels);
        ValueGetter<VBuffer<byte>> getPrediction = cursor.GetGetter<VBuffer<byte>>(predictions);
        ValueGetter<VBuffer<float>>? getConfidence = confidences is { } column ? cursor.GetGetter<VBuffer<float>>(column) : null;
        VBuffer<byte> label = default, predicted = default;
        VBuffer<float> confidence = default;
        ValueGetter<DataViewRowId> getId = cursor.GetIdGetter();
        DataViewRowId id = default;
        SkippedSamples skipped = new();
        int row = 0;
        long pixels = 0;
        for (; cursor.MoveNext(); row++)
        {
            try
            {
                getLabel(ref label);
                getPrediction(ref predicted);
                getLabelSize?.Invoke(ref _truthSize);
                getPredictionSize?.Invoke(ref _predictionSize);
                getConfidence?.Invoke(ref confidence);
                CheckSize(boundaries is not null, label.Length, text);
                ConfusionMatrix image = Count(classNames.Length, label, predicted, text);
                Span<byte> truth = _truth.AsSpan(0, label.Length);
                Span<byte> prediction = _prediction.AsSpan(0, label.Length);
                if (calibration is not null)
                {
                    AddConfidence(calibration, truth, prediction, confidence, classNames.Length, text);
                }

                // From here on nothing fails, so that a row that is left out is left out of everything.
                matrix.Merge(image);
                boundaries?.Add(truth, prediction, _truthSize.GetItemOrDefault(0), _truthSize.GetItemOrDefault(1));
                images?.Add(new ImageMetrics(row, text.ByColumn(), classNames, image));
                pixels += label.Length;
            }
            catch (Exception error) when (_options.BadImages == BadSamplePolicy.Skip && error is InvalidDataException or IOException)
            {
                getId(ref id);
                skipped.Add(new UInt128(id.High, id.Low), error.Message);
            }
        }

        if (skipped.Count > 0)
        {
            using IChannel channel = _host.Start("Evaluation");
            channel.Warning(MessageSensitivity.UserData, $"The evaluation left out some of the data. {skipped}");
        }

        if (matrix.PixelCount == 0)
        {
            throw new InvalidDataException(row == 0
                ? "There is nothing to evaluate: the data has no rows."
                : skipped.Count == row ? $"There is nothing to evaluate: {skipped}"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"There is nothing to evaluate: no pixel of column '{_labelColumnName}' has a class in any of the {row} rows."));
        }

        return new SemanticSegmentationMetrics(
            classNames, matrix, row - skipped.Count, skipped, pixels - matrix.PixelCount,
            new MetricDetails(images, calibration, boundaries));
    }

    /// <summary>Counts a row, and leaves its class indices in the buffers.</summary>
    private ConfusionMatrix Count(int classCount, in VBuffer<byte> label, in VBuffer<byte> predicted, RowText row)
    {
        if (label.Length != predicted.Length || !_truthSize.DenseValues().SequenceEqual(_predictionSize.DenseValues()))
        {
            throw new InvalidDataException(
                $"{Name(row)}: column '{_labelColumnName}' has {Size(_truthSize, label.Length)} pixels, but column "
                + $"'{_predictedLabelColumnName}' has "
                + $"{Size(_predictionSize, predicted.Length)}. Masks are never scaled: predict at the size of the labels.");
        }

        int count = label.Length;
        if (_truth.Length < count)
        {
            _truth = new byte[count];
            _prediction = new byte[count];
        }

        Span<byte> truths = _truth.AsSpan(0, count);
        Span<byte> predictions = _prediction.AsSpan(0, count);
        label.CopyTo(truths);
        predicted.CopyTo(predictions);
        if (predictions.Contains((byte)0))
        {
            FillIgnored(truths, predictions, row);
        }

        // Keys are classes + 1; the missing key, 0, wraps around to 255, ignored.
        TensorPrimitives.Subtract(truths, (byte)1, truths);
        TensorPrimitives.Subtract(predictions, (byte)1, predictions);
        ConfusionMatrix matrix = new(classCount);
        try
        {
            matrix.Add(truths, predictions);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{Name(row)}: {exception.Message}"), exception);
        }

        return matrix;
    }

    /// <summary>Outlines need rows and columns, so that a size that is not the mask's own would be no row's fault later.</summary>
    private void CheckSize(bool isNeeded, int pixels, RowText row)
    {
        if (isNeeded && (long)_truthSize.GetItemOrDefault(0) * _truthSize.GetItemOrDefault(1) != pixels)
        {
            throw new InvalidDataException(
                $"{Name(row)}: column '{_labelColumnName}' has {pixels} pixels, but its size is {Size(_truthSize, pixels)}.");
        }
    }

    private void AddConfidence(
        ReliabilityDiagram calibration,
        ReadOnlySpan<byte> truths,
        ReadOnlySpan<byte> predictions,
        in VBuffer<float> confidence,
        int classCount,
        RowText row)
    {
        int count = truths.Length;
        if (confidence.Length != count && confidence.Length != (long)classCount * count)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Name(row)}: column '{_options.ConfidenceColumnName}' has {confidence.Length} numbers for {count} pixels of {classCount} "
                + $"classes; it must have one for each pixel, or one for each pixel and class."));
        }

        if (_confidence.Length < confidence.Length)
        {
            _confidence = new float[confidence.Length];
        }

        Span<float> values = _confidence.AsSpan(0, confidence.Length);
        confidence.CopyTo(values);
        Span<float> largest = values[..count];
        for (int start = count; start < values.Length; start += count)
        {
            TensorPrimitives.Max(largest, values.Slice(start, count), largest);
        }

        try
        {
            calibration.Add(truths, predictions, largest);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException(
                $"{Name(row)}: column '{_options.ConfidenceColumnName}': {exception.Message}", exception);
        }
    }

    // A prediction may be missing where the truth is, as when labels are compared with labels; elsewhere it is an error.
    private void FillIgnored(ReadOnlySpan<byte> truths, Span<byte> predictions, RowText row)
    {
        for (int i = 0; i < truths.Length; i++)
        {
            if (predictions[i] == 0)
            {
                predictions[i] = truths[i] == 0
                    ? (byte)1
                    : throw new InvalidDataException(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Name(row)}: column '{_predictedLabelColumnName}' has no class at position {i}, where column "
                        + $"'{_labelColumnName}' has one."));
            }
        }
    }

    private static string Name(RowText row)
    {
        string name = row.Describe();
        return char.ToUpperInvariant(name[0]) + name[1..];
    }

    private static string Size(in VBuffer<int> size, int count) => size.Length == LabelColumn.SizeType.Size
        ? string.Create(CultureInfo.InvariantCulture, $"{size.GetItemOrDefault(0)} x {size.GetItemOrDefault(1)}")
        : count.ToString(CultureInfo.InvariantCulture);

    private DataViewSchema.Column FindColumn(DataViewSchema schema, string role, string name)
    {
        DataViewSchema.Column? column = schema.GetColumnOrNull(name);
        if (column is null)
        {
            throw _host.ExceptSchemaMismatch(nameof(schema), role, name);
        }

        return LabelColumn.IsLabelType(column.Value.Type)
            ? column.Value
            : throw _host.ExceptSchemaMismatch(nameof(schema), role, name, "Vector<Key<Byte>>", column.Value.Type.ToString());
    }

    private DataViewSchema.Column? FindConfidence(DataViewSchema schema)
    {
        if (_options.ConfidenceColumnName is not { } name)
        {
            return null;
        }

        DataViewSchema.Column column = schema.GetColumnOrNull(name) ?? throw _host.ExceptSchemaMismatch(nameof(schema), "confidence", name);
        return column.Type is VectorDataViewType { ItemType: NumberDataViewType { RawType: var type } } && type == typeof(float)
            ? column
            : throw _host.ExceptSchemaMismatch(nameof(schema), "confidence", name, "Vector<Single>", column.Type.ToString());
    }

    private void CheckNames(string[] expected, string[] actual)
    {
        if (!expected.SequenceEqual(actual))
        {
            throw new ArgumentException(
                $"The classes of column '{_labelColumnName}' ({string.Join(", ", expected)}) are not those of column "
                + $"'{_predictedLabelColumnName}' ({string.Join(", ", actual)}).");
        }
    }
}
