using System.Runtime.ExceptionServices;

namespace Road.Torch.Data;

/// <summary>What a <see cref="CropStream"/> is made of: crops in an order, with the workers that make them.</summary>
internal abstract class CropSequence(string domain) : IDisposable
{
    private long _pass;

    /// <summary>The domain's name in messages.</summary>
    protected string Domain { get; } = domain;

    /// <summary>What was left out so far.</summary>
    public virtual SkippedSamples Skipped { get; } = new();

    /// <summary>The seed of the order and of the crops.</summary>
    public abstract int Seed { get; }

    /// <summary>The workers' threads, as far as they are started.</summary>
    public abstract IReadOnlyList<Thread> Threads { get; }

    /// <summary>Whether any sample before the last crop's place had a label that counts.</summary>
    public virtual bool HasLabelledPixels { get; protected set; }

    /// <summary>Whether nothing of the pass in hand could be read so far.</summary>
    protected bool IsPassEmpty { get; set; } = true;

    /// <summary>Takes the next crop, waiting for it where none is ready.</summary>
    public abstract Crop Next();

    /// <summary>Passes over crops.</summary>
    public abstract void Skip(long count);

    /// <summary>Makes the threads end without waiting for them; nothing is taken afterwards.</summary>
    public abstract void Abandon();

    /// <summary>Ends the threads and waits for them.</summary>
    public abstract void Dispose();

    /// <summary>Keeps account of what is skipped; the failure, if nothing was left of a pass.</summary>
    protected ExceptionDispatchInfo? Judge(CropItem item)
    {
        if (item.Pass > _pass)
        {
            if (IsPassEmpty)
            {
                return ExceptionDispatchInfo.Capture(new InvalidDataException($"No sample of the {Domain} data can be read. {Skipped}"));
            }

            _pass = item.Pass;
            IsPassEmpty = true;
        }

        if (item.Fault is { } fault)
        {
            Skipped.Add(item.Id, fault);
        }
        else
        {
            IsPassEmpty = false;
        }

        return null;
    }
}
