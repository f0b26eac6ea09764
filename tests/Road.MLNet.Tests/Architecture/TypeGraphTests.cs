namespace Road.MLNet.Tests.Architecture;

[TestClass]
public sealed class TypeGraphTests
{
    private const string Folder = "Road.MLNet.Tests/Architecture";

    private static readonly IReadOnlyDictionary<string, TypeNode> Types = TypeGraph.Read(typeof(TypeGraphTests).Assembly.Location);

    [TestMethod]
    [DataRow(typeof(NamesBase), typeof(ExampleBase))]
    [DataRow(typeof(NamesInterface), typeof(IExample))]
    [DataRow(typeof(NamesField), typeof(ExampleKind))]
    [DataRow(typeof(NamesParameter), typeof(Example))]
    [DataRow(typeof(NamesConstraint<>), typeof(ExampleBase))]
    [DataRow(typeof(NamesAttribute), typeof(ExampleAttribute), typeof(ExampleKind))]
    [DataRow(typeof(NamesCall), typeof(Example))]
    [DataRow(typeof(NamesCatch), typeof(ExampleException))]
    [DataRow(typeof(NamesLambda), typeof(Example))]
    [DataRow(typeof(NamesIterator), typeof(Example))]
    [DataRow(typeof(NamesAsync), typeof(Example))]
    [DataRow(typeof(NamesNested), typeof(Example))]
    [DataRow(typeof(NamesNothing))]
    public void WhatATypeNamesIsFound(Type type, params Type[] named) => CollectionAssert.AreEquivalent(
        named.Select(static other => other.FullName).ToArray(), Types[type.FullName!].Needs.ToArray());

    [TestMethod]
    [DataRow(typeof(Example))]
    [DataRow(typeof(IExample))]
    [DataRow(typeof(ExampleKind))]
    public void ATypeLiesInTheFolderOfItsSourceWithCodeOrWithout(Type type) => Assert.AreEqual(Folder, Types[type.FullName!].Folder);

    [TestMethod]
    public void OnlyArrowsThatLeadBackAreInCircles()
    {
        // a -> b -> c -> b, and c -> d, where a and d are in no circle.
        FolderArrow[] arrows = [Arrow("a", "b"), Arrow("b", "c"), Arrow("c", "b"), Arrow("c", "d")];

        CollectionAssert.AreEqual(new[] { arrows[1], arrows[2] }, FolderArrow.InCircles(arrows).ToArray());
        Assert.AreEqual("b needs c: Bt names Ct", arrows[1].ToString());
    }

    [TestMethod]
    public void TypesOfOneFolderMakeNoArrow()
    {
        Dictionary<string, TypeNode> types = new()
        {
            ["A"] = new("A", "a", new HashSet<string> { "B", "C" }),
            ["B"] = new("B", "b", new HashSet<string> { "A" }),
            ["C"] = new("C", "a", new HashSet<string> { "B" }),
        };

        CollectionAssert.AreEqual(
            new[] { "a needs b: A names B, C names B", "b needs a: B names A" },
            FolderArrow.Between(types).Select(static arrow => arrow.ToString()).ToArray());
    }

    private static FolderArrow Arrow(string from, string to) =>
        new(from, to, [($"Road.{from.ToUpperInvariant()}t", $"Road.{to.ToUpperInvariant()}t")]);
}
