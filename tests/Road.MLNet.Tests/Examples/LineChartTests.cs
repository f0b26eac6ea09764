using System.Xml.Linq;
using Road.MLNet.Reports;

namespace Road.MLNet.Tests.Examples;

/// <summary>The charts that the examples' pages share.</summary>
[TestClass]
public sealed class LineChartTests
{
    [TestMethod]
    public void ALineGoesThroughItsPoints()
    {
        // The axes go from 0 to 10 over 62 to 382, and from 0 to 120, in steps of 20, over 214 to 14.
        XElement chart = Draw([new ChartPoint(0, 0), new ChartPoint(10, 100)]);

        XElement line = chart.Elements().Single(static element => element.Name.LocalName == "polyline");
        Assert.AreEqual("62,214 382,47.3", line.Attribute("points")!.Value);
        Assert.AreEqual("with <angles>", line.Value);
        Assert.AreEqual("line c3", line.Attribute("class")!.Value);
        CollectionAssert.IsSubsetOf(
            new[] { "0", "20", "40", "60", "80", "100", "120", "2", "10", "iteration", "loss" }, Texts(chart));
    }

    [TestMethod]
    public void ALevelHasItsNameOnItWhereThereIsNoLegend()
    {
        XElement chart = Draw([new ChartPoint(0, 0), new ChartPoint(10, 100)], ("chance", 60));

        XElement level = chart.Elements().Single(static element => element.Attribute("class")?.Value == "reference r0");
        Assert.AreEqual("114", level.Attribute("y1")!.Value);
        Assert.AreEqual("109", chart.Elements().Single(static element => element.Value == "chance").Attribute("y")!.Value);
    }

    [TestMethod]
    [DataRow(50.0, "49.9 50 50.1")]
    [DataRow(0.02, "0.0199 0.02 0.0201")]
    [DataRow(0.0, "0 0.0001")]
    public void ValuesThatAreAllAlikeHaveAnAxisToo(double value, string ticks)
    {
        XElement chart = XElement.Parse(new LineChart
        {
            Title = "t",
            XTitle = "x",
            YTitle = "y",
            Series = [new ChartSeries("s", 0, [new ChartPoint(1, value), new ChartPoint(2, value)])],
        }.Draw());

        Assert.AreEqual(ticks, string.Join(' ', chart.Elements().Where(
            static element => element.Attribute("text-anchor")?.Value == "end").Select(static element => element.Value)));
    }

    [TestMethod]
    public void SeriesStandSideBySideWhereTheyHavePlacesAndNotNumbers()
    {
        ChartSeries[] series = [new("a", 0, [new ChartPoint(0, 1, 0.5, [])]), new("b", 1, [new ChartPoint(0, 1, 0.5, [])])];
        LineChart chart = new() { Title = "t", XTitle = "x", YTitle = "y", XLabels = ["only"], Series = series };

        // The place is the middle of 62 to 452, and the two are 28 apart.
        string[] places = [
            .. XElement.Parse(chart.Draw()).Elements().Where(static element => element.Name.LocalName == "circle").Select(
                static element => element.Attribute("cx")!.Value)];
        CollectionAssert.AreEqual(new[] { "243", "271" }, places);
    }

    private static string[] Texts(XElement chart) =>
        [.. chart.Descendants().Where(static element => element.Name.LocalName == "text").Select(static element => element.Value)];

    private static XElement Draw(ChartPoint[] points, params (string, double)[] levels) => XElement.Parse(new LineChart
    {
        Title = "a \"title\" & more",
        XTitle = "iteration",
        YTitle = "loss",
        Series = [new ChartSeries("with <angles>", 3, points)],
        References = levels,
        StartsAtZero = true,
        HasMarkers = false,
        HasLegend = false,
        Width = 400,
        PlotHeight = 200,
    }.Draw());
}
