using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Road.MLNet;
using Road.Reliability;
using WebDemo;
using WebDemo.Segmentation;
using WebDemo.Serving;

namespace Road.WebDemo.Tests;

[TestClass]
public sealed class ServerTests
{
    [TestMethod]
    public async Task AModelFileIsServed()
    {
        using TemporaryFolder folder = new();
        TinyDomain domain = new(folder.Path);
        MLContext ml = new(seed: 1);
        string file = folder["tiny.zip"];
        using (RoadTransformer trained = domain.Train(ml, TinyDomain.Options()))
        {
            IDataView photos = ml.Data.AsTargetDomain(ml.Data.LoadSegmentationFolder(domain.Images));
            ITransformer loading = ml.Transforms.LoadImages("TargetImage", null, "TargetImagePath").Fit(photos);
            ml.Model.Save(new TransformerChain<ITransformer>(loading, trained), photos.Schema, file);
        }

        await using TestServer server = await TestServer.StartAsync(new SegmentationModel(ml, file));
        using HttpResponseMessage response = await server.SegmentAsync(TestPictures.Quarters(32, 16));
        JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

        Assert.AreEqual(200, (int)response.StatusCode, answer.ToString());
        JsonElement[] classes = [.. answer.GetProperty("classes").EnumerateArray()];
        CollectionAssert.AreEqual(new[] { "road", "car" }, classes.Select(item => item.GetProperty("name").GetString()).ToArray());
        Assert.AreEqual(1, classes.Sum(item => item.GetProperty("share").GetDouble()), 1e-9);
        Assert.IsTrue(classes.Any(item => item.GetProperty("confidence").GetDouble() >= 0.5));
    }

    [TestMethod]
    public async Task TheDescriptionNamesEveryRoute()
    {
        await using TestServer server = await TestServer.StartAsync(null);

        JsonElement paths = JsonDocument.Parse(await server.Client.GetStringAsync("/openapi.json")).RootElement.GetProperty("paths");

        string[] expected =
            ["/api/model", "/api/samples", "/api/samples/{index}", "/api/segment", "/health", "/metrics"];
        CollectionAssert.AreEquivalent(expected, paths.EnumerateObject().Select(path => path.Name).ToArray());
        JsonElement segment = paths.GetProperty("/api/segment").GetProperty("post");
        Assert.IsTrue(segment.GetProperty("requestBody").GetProperty("content").TryGetProperty("multipart/form-data", out _));
        string[] codes = [.. segment.GetProperty("responses").EnumerateObject().Select(code => code.Name)];
        CollectionAssert.AreEquivalent(new[] { "200", "400", "406", "408", "413", "415", "422", "503" }, codes);
    }

    [TestMethod]
    public async Task MetricsAreOpenMetrics()
    {
        await using TestServer server = await TestServer.StartAsync(new BrightnessSegmenter());
        using HttpResponseMessage segmented = await server.SegmentAsync(TestPictures.Quarters(16, 8));
        using HttpResponseMessage invented = await server.Client.GetAsync("/invented");

        using HttpResponseMessage response = await server.Client.GetAsync("/metrics");
        string text = await response.Content.ReadAsStringAsync();

        Assert.AreEqual("application/openmetrics-text", response.Content.Headers.ContentType?.MediaType);
        StringAssert.EndsWith(text, "# EOF\n");
        StringAssert.Contains(text, "# TYPE road_requests counter");
        StringAssert.Contains(text, "road_requests_total{route=\"/api/segment\",code=\"200\"} 1");
        StringAssert.Contains(text, "road_requests_total{route=\"other\",code=\"404\"} 1");
        StringAssert.Contains(text, "road_network_pixels_total 128");
        StringAssert.Contains(text, "road_image_phase_seconds_count{phase=\"network\"} 1");
        Assert.DoesNotContain("invented", text);
    }

    [TestMethod]
    [DataRow("/", "text/html")]
    [DataRow("/app.js", "text/javascript")]
    [DataRow("/app.css", "text/css")]
    [DataRow("/none", "application/problem+json")]
    public async Task BrowsersAreToldWhatToRefuse(string path, string type)
    {
        await using TestServer server = await TestServer.StartAsync(null);

        using HttpResponseMessage response = await server.Client.GetAsync(path);

        Assert.AreEqual(type, response.Content.Headers.ContentType?.MediaType);
        StringAssert.Contains(
            response.Headers.GetValues("Content-Security-Policy").Single(), "default-src 'none'; script-src 'self'; style-src 'self';");
        Assert.AreEqual("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.IsFalse(response.Headers.Contains("Server"));
    }

    [TestMethod]
    public void LimitsNameTheirRange()
    {
        ArgumentOutOfRangeException error =
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ServingOptions { QueueLength = -1 });

        Assert.AreEqual("QueueLength must be 0 to 10,000, not -1.", error.Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ServingOptions { MaxBytes = 1023 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ServingOptions { TimeoutSeconds = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ServingOptions { NetworkPixels = 4095 });
    }

    [TestMethod]
    [DataRow("--queue", "--queue", "ten")]
    [DataRow("Workers must be 1 to 64, not 65.", "--workers", "65")]
    [DataRow("is no address", "--urls", "here")]
    [DataRow("must begin with http://", "--urls", "https://127.0.0.1:1")]
    [DataRow("must be cpu or cuda:N", "--device", "gpu")]
    public void WrongUsageIsSaidInOneLine(string expected, params string[] arguments)
    {
        using StringWriter errors = new();
        TextWriter before = Console.Error;
        Console.SetError(errors);
        try
        {
            Assert.AreEqual(2, WebDemoCommand.Run(arguments));
        }
        finally
        {
            Console.SetError(before);
        }

        string line = errors.ToString().TrimEnd();
        Assert.DoesNotContain("\n", line);
        StringAssert.Contains(line, expected);
    }
}
