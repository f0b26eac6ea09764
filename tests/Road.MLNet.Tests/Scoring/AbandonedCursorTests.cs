using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Road.MLNet.Tests.Scoring;

/// <summary>A cursor over predictions that nobody disposed lets thread, cursors and memory go once it is collected.</summary>
[TestClass]
public sealed class AbandonedCursorTests
{
    private const int Cursors = 12;
    private const int Side = 1024;
    private const int ImageBytes = 4 * Side * Side;

    [TestMethod]
    public void TheThreadOfACollectedCursorEndsAndClosesTheCursorItReads()
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        transformer.ReadsAhead = true;
        using var closed = new CountdownEvent(Cursors);
        var view = new ClosingView(ml.Data.LoadFromEnumerable(ScoringFixture.CreateRows(40)), closed);
        IDataView scored = transformer.Transform(view);
        for (int i = 0; i < Cursors; i++)
        {
            Abandon(scored);
        }

        Collect();

        // Of the two cursors of each pass, the thread closes its own; the other was handed to the one who forgot it.
        closed.Wait(TestContext.CancellationToken);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void TheMemoryOfCollectedCursorsIsFreed(bool readsAhead)
    {
        var ml = new MLContext(1);
        using RoadTransformer transformer = ScoringFixture.CreateTransformer(ml);
        transformer.ReadsAhead = readsAhead;
        using MLImage image = ScoringFixture.CreateImage(1, Side, Side);
        ScoringFixture.Row[] rows = [.. Enumerable.Range(0, 12).Select(i => new ScoringFixture.Row { Id = i, Image = image })];
        using var closed = new CountdownEvent(readsAhead ? Cursors + 1 : 1);
        IDataView scored = transformer.Transform(new ClosingView(ml.Data.LoadFromEnumerable(rows), closed));
        Abandon(scored);
        Collect();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Cursors; i++)
        {
            Abandon(scored);
        }

        Collect();
        if (readsAhead)
        {
            closed.Wait(TestContext.CancellationToken);
        }

        // What each holds, at the least: an image and its mask.
        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.IsLessThan(before + (Cursors * ImageBytes / 4), after, $"{before} bytes before, {after} after");
    }

    public required TestContext TestContext { get; init; }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    /// <summary>Reads a row and forgets the cursor.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Abandon(IDataView scored)
    {
        DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["PredictedLabel"]]);
        ValueGetter<VBuffer<byte>> getter = cursor.GetGetter<VBuffer<byte>>(scored.Schema["PredictedLabel"]);
        VBuffer<byte> label = default;
        Assert.IsTrue(cursor.MoveNext());
        getter(ref label);
    }
}
