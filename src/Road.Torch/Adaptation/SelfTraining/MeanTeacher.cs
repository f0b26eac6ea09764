using Road.Torch.Networks;
using Road.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>
/// A network whose weights are the running mean of those in training (Tarvainen and Valpola, 2017). Parameters are averaged, buffers are
/// copied once.
/// </summary>
internal sealed class MeanTeacher : IDisposable
{
    private readonly AdaptationContext _context;
    private readonly double _alpha;
    private readonly SegmentationNetwork? _rounded;

    public MeanTeacher(AdaptationContext context, double alpha)
    {
        _context = context;
        _alpha = alpha;
        Mean = context.CreateTwin();
        SetMode(Mean);
        if (context.Precision == Precision.BFloat16)
        {
            _rounded = context.CreateTwin();
            MasterWeights.RoundLayers(_rounded);
            SetMode(_rounded);
        }
    }

    /// <summary>The running mean, <c>float32</c>; in this precision it is also what predicts.</summary>
    public SegmentationNetwork Mean { get; }

    /// <summary>How much of itself the teacher keeps before a step, from 0.</summary>
    public static double Momentum(long iteration, double alpha) => WeightAverage.Momentum(iteration, alpha);

    /// <summary>Moves the mean towards the network in training; before step 0 it becomes its copy.</summary>
    /// <param name="iteration">The step that comes next, from 0.</param>
    public void Follow(long iteration)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        double momentum = Momentum(iteration, _alpha);
        foreach ((Parameter mean, Tensor weight) in Mean.parameters().Zip(_context.Weights))
        {
            if (iteration == 0)
            {
                mean.copy_(weight);
            }
            else
            {
                WeightAverage.Move(mean, weight, momentum);
            }
        }

        if (iteration == 0)
        {
            CopyBuffers(_context.Network, Mean);
        }
    }

    /// <summary>Predicts without a graph.</summary>
    /// <param name="images">Normalised images in the training's precision, <c>N x 3 x H x W</c>.</param>
    /// <returns>The logits at the classifier's own resolution, <c>N x K x h x w, float32</c>.</returns>
    public Tensor Classify(Tensor images)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        if (_rounded is null)
        {
            return Mean.call(images).MoveToOuterDisposeScope();
        }

        foreach ((Parameter rounded, Parameter mean) in _rounded.parameters().Zip(Mean.parameters()))
        {
            rounded.copy_(mean);
        }

        CopyBuffers(Mean, _rounded);
        return _rounded.call(images).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        Mean.Dispose();
        _rounded?.Dispose();
    }

    private static void CopyBuffers(SegmentationNetwork from, SegmentationNetwork to)
    {
        foreach ((Tensor source, Tensor copy) in from.buffers().Zip(to.buffers()))
        {
            copy.copy_(source);
        }
    }

    /// <summary>No dropout; the head's batch norm as in training, since its statistics are not averaged.</summary>
    private static void SetMode(SegmentationNetwork network)
    {
        network.eval();
        foreach (BatchNorm2d norm in network.modules().OfType<BatchNorm2d>().Except(network.Backbone.modules().OfType<BatchNorm2d>()))
        {
            norm.train();
        }
    }
}
