using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;
using Road.Torch.Scoring;

namespace Road.MLNet.Scoring;

/// <summary>The columns of an input followed by a model's own.</summary>
internal sealed class ScoredSchema
{
    private readonly RoadScorer _scorer;
    private readonly int _inputCount;
    private readonly Added[] _added;

    /// <summary>Checks that the input has what the model needs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The image column is missing or holds something else.</exception>
    public ScoredSchema(RoadScorer scorer, DataViewSchema input)
    {
        RoadModel model = scorer.Model;
        RoadColumns columns = scorer.Columns;
        _scorer = scorer;
        _inputCount = input.Count;
        Input = input;
        Image = ImageColumn.Check(scorer.Host, input, columns.Image, "image");
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        columns.AddTo(builder, model.ClassNames, model.Palette);
        _added =
        [
            Added.Label,
            Added.Size,
            Added.Mask,
            .. columns.Score is null ? [] : (Added[])[Added.Score],
            .. columns.Confidence is null ? [] : (Added[])[Added.Confidence],
        ];
        Output = builder.ToSchema();
    }

    /// <summary>The input's columns.</summary>
    public DataViewSchema Input { get; }

    /// <summary>The input's columns and the model's.</summary>
    public DataViewSchema Output { get; }

    /// <summary>The input's column of images.</summary>
    public DataViewSchema.Column Image { get; }

    /// <summary>Which of the output's columns are asked for.</summary>
    public bool[] FindActive(IEnumerable<DataViewSchema.Column> columns)
    {
        bool[] active = new bool[Output.Count];
        foreach (DataViewSchema.Column column in columns)
        {
            active[column.Index] = true;
        }

        return active;
    }

    /// <summary>Says whether a column of the output comes from the input as it is.</summary>
    public bool IsInput(DataViewSchema.Column column) => column.Index < _inputCount;

    /// <summary>The input's columns among the active ones.</summary>
    public IEnumerable<DataViewSchema.Column> ActiveInputs(bool[] active) => Input.Where(column => active[column.Index]);

    /// <summary>Whether any of the model's columns is active, so that the network has to run.</summary>
    public bool NeedsNetwork(bool[] active) => active.AsSpan(_inputCount).Contains(true);

    /// <summary>What of the network's output is active beside the labels.</summary>
    public ScoredValues FindValues(bool[] active) => new(IsActive(active, Added.Score), IsActive(active, Added.Confidence));

    /// <summary>The getter of one of the model's columns.</summary>
    /// <param name="column">The column.</param>
    /// <param name="current">Gives the prediction of the current row.</param>
    public Delegate CreateGetter(DataViewSchema.Column column, Func<SegmentationPrediction> current) =>
        _added[column.Index - _inputCount] switch
        {
            Added.Label => (ValueGetter<VBuffer<byte>>)((ref VBuffer<byte> value) => GetKeys(current(), ref value)),
            Added.Size => (ValueGetter<VBuffer<int>>)((ref VBuffer<int> value) => GetSize(current(), ref value)),
            Added.Mask => (ValueGetter<MLImage>)((ref MLImage value) => GetMask(current(), ref value)),
            Added.Score => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => Copy(current().Probabilities!, ref value)),
            _ => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => Copy(current().Confidences!, ref value)),
        };

    private bool IsActive(bool[] active, Added column) =>
        Array.IndexOf(_added, column) is var place and >= 0 && active[_inputCount + place];

    private static void GetKeys(SegmentationPrediction prediction, ref VBuffer<byte> value)
    {
        ReadOnlySpan<byte> labels = prediction.Labels;
        VBufferEditor<byte> editor = VBufferEditor.Create(ref value, labels.Length);
        TensorPrimitives.Add(labels, (byte)1, editor.Values);
        value = editor.Commit();
    }

    private static void GetSize(SegmentationPrediction prediction, ref VBuffer<int> value) =>
        LabelColumn.SetSize(prediction.Width, prediction.Height, ref value);

    private static void Copy(float[] numbers, ref VBuffer<float> value)
    {
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, numbers.Length);
        numbers.CopyTo(editor.Values);
        value = editor.Commit();
    }

    private void GetMask(SegmentationPrediction prediction, ref MLImage value)
    {
        // As ML.NET's own image columns do: what the caller hands in is the row before's, and is done with.
        value?.Dispose();
        value = ImagePixels.Paint(prediction.Labels, prediction.Width, prediction.Height, _scorer.Model.Palette);
    }

    /// <summary>The columns that a model adds, in their order.</summary>
    private enum Added
    {
        Label,
        Size,
        Mask,
        Score,
        Confidence,
    }
}
