using System.Text;
using System.Xml.Linq;
using Microsoft.ML.Data;
using Road.MLNet.Reports;

namespace Road.MLNet.Tests.Examples;

/// <summary>What the examples' pages share.</summary>
[TestClass]
public sealed class HtmlPageTests
{
    [TestMethod]
    public void APageIsWellFormedForBothLightAndDarkAndHasItsOwnRulesLast()
    {
        string page = HtmlPage.Create("<Roads> & more", ".own { margin: 0; }", "<p>here</p>\n");
        XElement root = XDocument.Parse(page).Root!;

        Assert.AreEqual("<Roads> & more", root.Descendants("title").Single().Value);
        Assert.AreEqual("here", root.Descendants("p").Single().Value);
        string style = root.Descendants("style").Single().Value;
        StringAssert.Contains(style, "prefers-color-scheme: dark");
        StringAssert.EndsWith(style, ".own { margin: 0; }\n");
        Assert.DoesNotContain("http", page);
    }

    [TestMethod]
    public void NamesAndValuesAreEscaped()
    {
        StringBuilder content = new();
        HtmlPage.AppendClasses(content, [("car & bus", new RgbColor(1, 20, 255))]);
        HtmlPage.AppendFacts(content, [("a < b", "\"c\"")]);
        XElement root = XElement.Parse($"<div>{content}</div>");

        XElement item = root.Descendants("li").Single();
        Assert.AreEqual("car & bus", item.Value);
        Assert.AreEqual("background:rgb(1,20,255)", item.Element("i")!.Attribute("style")!.Value);
        Assert.AreEqual("a < b", root.Descendants("th").Single().Value);
        Assert.AreEqual("\"c\"", root.Descendants("td").Single().Value);
    }

    [TestMethod]
    public void LargePicturesAreShrunkAndMasksKeepTheirColours()
    {
        // A column of each class in turn: mixing any two would give a third colour.
        byte[] keys = [.. Enumerable.Range(0, 1280 * 2).Select(static i => (byte)(1 + (i % 2)))];
        using MLImage mask = SegmentationDrawing.Paint(new LabelMask(keys, 1280, 2), [new(200, 0, 0), new(0, 0, 200)]);
        using MLImage shown = Read(PagePicture.Mask(mask), "data:image/png;base64,");

        Assert.AreEqual((640, 1), (shown.Width, shown.Height));
        Assert.IsTrue(shown.Pixels.ToArray().Chunk(4).All(static pixel => pixel[0] + pixel[2] == 200 && pixel[0] is 0 or 200));
        using MLImage photo = Read(PagePicture.Photo(mask), "data:image/jpeg;base64,");
        Assert.AreEqual((640, 1), (photo.Width, photo.Height));
    }

    private static MLImage Read(string uri, string start)
    {
        StringAssert.StartsWith(uri, start);
        using MemoryStream content = new(Convert.FromBase64String(uri[start.Length..]));
        return MLImage.CreateFromStream(content);
    }
}
