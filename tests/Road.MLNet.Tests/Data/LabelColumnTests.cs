using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet.Data;

namespace Road.MLNet.Tests.Data;

[TestClass]
public sealed class LabelColumnTests
{
    [TestMethod]
    public void AnnotationsComeBackFromTheColumn()
    {
        byte[] colors = [1, 2, 3, 4, 5, 6];
        DataViewSchema.Column column = Column(LabelColumn.CreateType(2), LabelColumn.CreateAnnotations(["road", "sky"], colors));

        Assert.AreEqual(2, LabelColumn.ReadClassCount(column));
        Assert.AreEqual("road, sky", string.Join(", ", LabelColumn.ReadClassNames(column)));
        CollectionAssert.AreEqual(colors, LabelColumn.ReadColors(column));
    }

    [TestMethod]
    public void AColumnWithoutPaletteGetsDistinctColoursNoneOfThemBlack()
    {
        byte[] colors = LabelColumn.ReadColors(Column(LabelColumn.CreateType(254), null));

        var distinct = colors.Chunk(3).Select(c => (c[0], c[1], c[2])).ToHashSet();
        Assert.HasCount(254, distinct);
        Assert.DoesNotContain(((byte)0, (byte)0, (byte)0), distinct);
        Assert.AreEqual("128 0 0 0 128 0 128 128 0", string.Join(' ', colors[..9]));
    }

    [TestMethod]
    public void AnotherTypeIsRefusedByName()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(
            () => LabelColumn.ReadClassNames(Column(NumberDataViewType.Single, null)));
        StringAssert.Contains(error.Message, "'Label'", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "Single", StringComparison.Ordinal);
    }

    [TestMethod]
    public void MissingNamesAreRefused()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(
            () => LabelColumn.ReadClassNames(Column(LabelColumn.CreateType(3), null)));
        StringAssert.Contains(error.Message, "KeyValues with its 3 class names", StringComparison.Ordinal);
    }

    private static DataViewSchema.Column Column(DataViewType type, DataViewSchema.Annotations? annotations)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Label", type, annotations);
        return builder.ToSchema()["Label"];
    }
}
