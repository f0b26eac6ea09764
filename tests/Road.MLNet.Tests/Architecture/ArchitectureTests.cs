using Road.MLNet.Tests.Processes;
using Road.Torch;

namespace Road.MLNet.Tests.Architecture;

[TestClass]
public sealed class ArchitectureTests
{
    // The tests do without it, as its users do without the tests.
    private static readonly string ImageSharp = Path.Combine(
        OutsiderProject.RepositoryRoot, "src/Road.MLNet.ImageSharp/bin", OutsiderProject.Configuration,
        "net10.0/Road.MLNet.ImageSharp.dll");

    private static readonly IReadOnlyDictionary<string, TypeNode> Types =
        TypeGraph.Read(typeof(TorchRuntime).Assembly.Location, typeof(RoadTrainer).Assembly.Location, ImageSharp);

    private static readonly IReadOnlyList<FolderArrow> Arrows = FolderArrow.Between(Types);

    [TestMethod]
    public void NoTwoFoldersNeedEachOther()
    {
        IReadOnlyList<FolderArrow> circles = FolderArrow.InCircles(Arrows);

        Assert.IsEmpty(circles, $"These lead back to where they begin:\n{string.Join('\n', circles)}\n");
    }

    [TestMethod]
    public void AFolderNeedsOnlyThoseBelowItInTheDrawing()
    {
        Dictionary<string, int> places = FolderOrder.Read().Index().ToDictionary(static line => line.Item, static line => line.Index);
        FolderArrow[] upwards =
        [
            .. Arrows.Where(arrow =>
                places.TryGetValue(arrow.From, out int from) && places.TryGetValue(arrow.To, out int to) && from > to),
        ];

        Assert.IsEmpty(upwards, $"These point upwards in docs/architecture.md:\n{string.Join('\n', upwards)}\n");
    }

    [TestMethod]
    public void TheDrawingHasEveryFolder() =>
        CollectionAssert.AreEquivalent(Types.Values.Select(static type => type.Folder).Distinct().ToArray(), FolderOrder.Read().ToArray());

    [TestMethod]
    public void TheTrainingNamesNoAdaptationMethod()
    {
        FolderArrow[] named =
        [
            .. Arrows.Where(static arrow =>
                (arrow.From + "/").StartsWith("Road.Torch/Training/", StringComparison.Ordinal)
                && arrow.To.StartsWith("Road.Torch/Adaptation/", StringComparison.Ordinal)),
        ];

        Assert.IsEmpty(named, string.Join('\n', named.AsEnumerable()));
    }
}
