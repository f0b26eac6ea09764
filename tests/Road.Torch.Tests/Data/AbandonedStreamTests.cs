using System.Runtime.CompilerServices;
using Road.Torch.Data;

namespace Road.Torch.Tests.Data;

/// <summary>A stream that nobody disposed ends its workers once it is collected.</summary>
[TestClass]
public sealed class AbandonedStreamTests
{
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void TheWorkersOfACollectedStreamEndAndCloseTheirCursors(bool shuffled)
    {
        NumberedSource source = new(50, shuffled);
        List<Thread> workers = [];
        using CancellationTokenSource cancellation = new();
        for (int i = 0; i < 8; i++)
        {
            workers.AddRange(Abandon(source, cancellation.Token));
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        foreach (Thread worker in workers)
        {
            worker.Join();
        }

        Assert.HasCount(24, workers);
        Assert.AreEqual(0, source.OpenCursors);
    }

    [TestMethod]
    public void TheWorkersOfAStreamThatIsHeldGoOn()
    {
        NumberedSource source = new(50);
        using CropStream stream = new(source, new RandomCrop(16), "source", 1, workers: 2);
        stream.Next();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        for (int i = 0; i < 100; i++)
        {
            stream.Next();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IReadOnlyList<Thread> Abandon(NumberedSource source, CancellationToken cancellationToken)
    {
        CropStream stream = new(source, new RandomCrop(16), "source", 1, workers: 3, cancellationToken);
        stream.Next();
        return stream.Workers;
    }
}
