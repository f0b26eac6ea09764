using Road.Torch.Data;
using Road.Torch.Networks;
using static TorchSharp.torch;

namespace Road.Torch.Adaptation;

/// <summary>An <see cref="AdaptationMethod"/> at work in one training. It is called by one thread.</summary>
public abstract class Adapter : IDisposable
{
    /// <summary>
    /// What learns beside the network, on the training's device: the optimiser moves it at the classifiers' rate, it computes in the
    /// training's precision, and checkpoints keep it. Null for nothing. The same module for the adapter's whole life.
    /// </summary>
    public virtual nn.Module? Trained => null;

    /// <summary>
    /// What the adapter changes itself and checkpoints have to keep, such as a running mean of weights, <c>float32</c> or whole numbers, on
    /// the training's device. Null for nothing. The same module for the adapter's whole life.
    /// </summary>
    public virtual nn.Module? Kept => null;

    /// <summary>
    /// The network whose weights are the training's result, of the trained network's factory and number of classes and <c>float32</c>; null
    /// for the trained one.
    /// </summary>
    public virtual SegmentationNetwork? Result => null;

    /// <summary>
    /// Learns from source crops what the losses need; before the first step, and once more where a training goes on from a checkpoint.
    /// Called where <see cref="AdaptationMethod.NeedsPreparation"/> says so.
    /// </summary>
    /// <param name="source">Batches of source crops, to be read once and one at a time.</param>
    /// <param name="images">Turns a batch's crops into the backbone's input, <c>N x 3 x H x W</c>, in the training's precision.</param>
    /// <exception cref="InvalidOperationException">
    /// The crops do not tell what is needed, since no pixel belongs to a class, for instance.
    /// </exception>
    public virtual void Prepare(IEnumerable<TrainingBatch> source, Func<TrainingBatch, Tensor> images)
    {
    }

    /// <summary>The loss terms of a step; none where the batch gives none. Tensors made here live as long as the step.</summary>
    /// <param name="step">The batch, what the network made of it, and what can be asked for.</param>
    /// <returns>The terms, named in the same order in every step.</returns>
    public abstract IEnumerable<LossTerm> Losses(AdaptationStep step);

    /// <summary>
    /// Loss terms of images of the method's own (<see cref="AdaptationStep.Forward"/>), whose graphs share nothing with those of
    /// <see cref="Losses"/>. They are asked for when the gradients of those are there and their graphs are freed; each is
    /// back-propagated before the next is asked for, so that memory holds one graph at a time. None unless overridden.
    /// </summary>
    /// <param name="step">The batch and what can be asked for; the features' graph is gone.</param>
    /// <returns>The terms, made as they are read.</returns>
    public virtual IEnumerable<LossTerm> SeparateLosses(AdaptationStep step) => [];

    /// <summary>Hears that the optimiser has moved the weights.</summary>
    /// <param name="iteration">The step that is done, from 0.</param>
    public virtual void StepDone(long iteration)
    {
    }

    /// <summary>Frees modules and tensors.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The names that checkpoints of earlier versions have for tensors of <see cref="Trained"/>, by their names there.</summary>
    internal virtual IReadOnlyDictionary<string, string> EarlierNames =>
        System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>
    /// A network whose parameters are the running mean of the trained ones', <c>float32</c>, and how much of itself it keeps in a step in
    /// the end; null for none. It has followed every step when <see cref="StepDone"/> returns.
    /// </summary>
    internal virtual (SegmentationNetwork Network, double Decay)? RunningMean => null;

    /// <summary>Frees modules and tensors; by default those that are trained and kept.</summary>
    /// <param name="disposing">Always true here; finalisers of derived classes give false.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Trained?.Dispose();
            Kept?.Dispose();
        }
    }
}
