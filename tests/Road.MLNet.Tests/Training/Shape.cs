using Microsoft.ML;
using Microsoft.ML.Data;

namespace Road.MLNet.Tests.Training;

/// <summary>The shape of a view's columns, which ML.NET gives to the estimators of a chain alone.</summary>
internal static class Shape
{
    public static SchemaShape Of(IDataView view)
    {
        var probe = new Probe();
        Assert.ThrowsExactly<NotSupportedException>(() => new EstimatorChain<ITransformer>().Append(probe).Fit(view));
        return probe.Shape!;
    }

    private sealed class Probe : IEstimator<ITransformer>
    {
        public SchemaShape? Shape { get; private set; }

        public ITransformer Fit(IDataView input) => throw new NotSupportedException();

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Shape = inputSchema;
    }
}
