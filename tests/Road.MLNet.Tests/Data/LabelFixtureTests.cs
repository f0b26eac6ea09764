using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Road.MLNet.Data;

namespace Road.MLNet.Tests.Data;

/// <summary>Holds the reader to what <c>tests/fixtures/labels.py</c> got from Pillow.</summary>
[TestClass]
public sealed class LabelFixtureTests
{
    [TestMethod]
    public void HistogramsOfPublishedMasksAreThoseOfPillow()
    {
        foreach (JsonProperty file in Read("histograms.json").EnumerateObject())
        {
            LabelPng png = LabelPngReader.Read(TestData.Find(file.Name));
            Assert.AreEqual(1, png.SamplesPerPixel, file.Name);
            AssertHistogram(file.Value, png.Bytes!.Select(value => (int)value), file.Name);
        }
    }

    [TestMethod]
    public void FiveHundredRandomMasksOfAllFormsGiveTheirSamples()
    {
        JsonElement expected = Read("samples.json");
        using ZipArchive archive = ZipFile.OpenRead(Fixture("random.zip"));
        Assert.HasCount(500, archive.Entries);
        HashSet<(PngColorType, int, bool)> forms = [];
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using var memory = new MemoryStream();
            using (Stream stream = entry.Open())
            {
                stream.CopyTo(memory);
            }

            LabelPng png = LabelPngReader.Decode(memory.GetBuffer(), (int)memory.Length, entry.Name);
            Assert.AreEqual(expected.GetProperty(entry.Name).GetString(), Digest(png), entry.Name);
            forms.Add((png.Header.ColorType, png.Header.BitDepth, png.Header.Interlaced));
        }

        Assert.HasCount(30, forms);
    }

    [TestMethod]
    [DataRow("0")]
    [DataRow("1")]
    public void SixteenBitMasksGiveTheirSamplesAndClasses(string name)
    {
        JsonElement expected = Read("samples.json");
        LabelPng rgb = LabelPngReader.Read(Fixture($"synthia/{name}.png"));
        LabelPng grey = LabelPngReader.Read(Fixture($"synthia/{name}-grey.png"));
        Assert.AreEqual(expected.GetProperty($"synthia/{name}.png").GetString(), Digest(rgb));
        Assert.AreEqual(expected.GetProperty($"synthia/{name}-grey.png").GetString(), Digest(grey));

        JsonElement red = expected.GetProperty($"synthia/{name}.png red");
        AssertHistogram(red, rgb.Words!.Where((_, i) => i % 3 == 0).Select(value => (int)value), name);

        // By the preset: of SYNTHIA's classes, the 16 that are Cityscapes' too.
        Dictionary<int, int> trainIds = new()
        {
            [3] = 0,
            [4] = 1,
            [2] = 2,
            [21] = 3,
            [5] = 4,
            [7] = 5,
            [15] = 6,
            [9] = 7,
            [6] = 8,
            [1] = 10,
            [10] = 11,
            [17] = 12,
            [8] = 13,
            [19] = 15,
            [12] = 17,
            [11] = 18,
        };
        var classes = new byte[rgb.Width * rgb.Height];
        LabelEncoding.Synthia.Decode(rgb, name, classes);
        foreach ((int id, int trainId) in trainIds)
        {
            long count = red.TryGetProperty(id.ToString(CultureInfo.InvariantCulture), out JsonElement value) ? value.GetInt64() : 0;
            Assert.AreEqual(count, classes.LongCount(c => c == trainId), $"class {id}");
        }

        long scored = trainIds.Keys.Sum(
            id => red.TryGetProperty(id.ToString(CultureInfo.InvariantCulture), out JsonElement value) ? value.GetInt64() : 0);
        Assert.AreEqual(classes.Length - scored, classes.LongCount(c => c == 255));
    }

    private static void AssertHistogram(JsonElement expected, IEnumerable<int> values, string name)
    {
        Dictionary<string, long> actual = values.CountBy(value => value)
            .ToDictionary(pair => pair.Key.ToString(CultureInfo.InvariantCulture), pair => (long)pair.Value);
        CollectionAssert.AreEquivalent(
            expected.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetInt64()), actual, name);
    }

    private static string Digest(LabelPng png)
    {
        ReadOnlySpan<byte> samples = png.Bytes is not null ? png.Bytes : MemoryMarshal.AsBytes<ushort>(png.Words);
        return Convert.ToHexStringLower(SHA256.HashData(samples))[..16];
    }

    private static JsonElement Read(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Fixture(name)));
        return document.RootElement.Clone();
    }

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "fixtures", "labels", name);
}
