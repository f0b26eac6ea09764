using System.Globalization;
using PuppeteerSharp;

namespace Road.WebDemo.Tests;

[TestClass]
public sealed class PageTests
{
    private const string Shown = "document.querySelector('main.has-result') !== null";
    private const string Chip = "document.getElementById('chip').textContent";
    private const string Live = "document.getElementById('live').textContent";

    private static IBrowser? s_browser;

    private static IBrowser Browser => s_browser!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => s_browser = await Tests.Browser.StartAsync();

    [ClassCleanup]
    public static async Task EndAsync()
    {
        if (s_browser is not null)
        {
            await s_browser.DisposeAsync();
        }
    }

    [TestMethod]
    public async Task ADroppedPictureIsShownWithItsClasses()
    {
        await using TestServer server = await TestServer.StartAsync(new BrightnessSegmenter());
        await using IPage page = await OpenAsync(server, 1200, 800);

        await DropAsync(page, TestPictures.Quarters(80, 40), "street.png", "image/png");
        await page.WaitForExpressionAsync(Shown);

        // Above are pixels of the first class, below of the second, in their colours and over all of the picture.
        Assert.AreEqual("128,64,128,255", await PixelAsync(page, "overlay", 0.25, 0.25));
        Assert.AreEqual("70,130,180,255", await PixelAsync(page, "overlay", 0.75, 0.75));
        Assert.AreEqual("0.55", await page.EvaluateExpressionAsync<string>("document.getElementById('overlay').style.opacity"));
        StringAssert.Contains(await page.EvaluateExpressionAsync<string>(Live), "road 50 %");
        await page.ClickAsync("#outlines + .track");
        Assert.AreEqual(
            "255,255,255,255", await PixelAsync(page, "lines", 0.3, 0.5), "The line between two classes");

        await PointAsync(page, 0.25, 0.25);
        StringAssert.Contains(await page.EvaluateExpressionAsync<string>(Chip), "road0 %");
        await PointAsync(page, 0.75, 0.75);
        StringAssert.Contains(await page.EvaluateExpressionAsync<string>(Chip), "sky94 %");

        await page.HoverAsync("#legend [data-id='0']");
        Assert.AreEqual("45", (await PixelAsync(page, "overlay", 0.75, 0.75)).Split(',')[3], "The other class steps back.");
        await page.ClickAsync("#legend [data-id='0']");
        Assert.AreEqual("0", (await PixelAsync(page, "overlay", 0.25, 0.25)).Split(',')[3]);
    }

    [TestMethod]
    public async Task EverythingIsReachedByKeyboardAlone()
    {
        await using TestServer server = await TestServer.StartAsync(new BrightnessSegmenter());
        await using IPage page = await OpenAsync(server, 1200, 800);
        await page.WaitForSelectorAsync(".samples button");

        await TabToAsync(page, "document.activeElement.closest('.samples') !== null");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForExpressionAsync(Shown);
        await TabToAsync(page, "document.activeElement.id === 'opacity'");
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.AreEqual("0.56", await page.EvaluateExpressionAsync<string>("document.getElementById('overlay').style.opacity"));
        Assert.AreEqual("56 %", await page.EvaluateExpressionAsync<string>("document.getElementById('opacity-text').value"));
        await TabToAsync(page, "document.activeElement.id === 'outlines'");
        await page.Keyboard.PressAsync("Space");
        Assert.IsGreaterThan(1, await page.EvaluateExpressionAsync<int>("document.getElementById('lines').width"));
        await TabToAsync(page, "document.activeElement.closest('#legend') !== null");
        await page.Keyboard.PressAsync("Space");
        StringAssert.EndsWith(await page.EvaluateExpressionAsync<string>(Live), "hidden");
        await TabToAsync(page, "document.activeElement.id === 'view'");
        await page.Keyboard.PressAsync("ArrowDown");
        StringAssert.EndsWith(await page.EvaluateExpressionAsync<string>(Live), "%");
    }

    [TestMethod]
    public async Task APhoneShowsItWithoutScrollingAside()
    {
        await using TestServer server = await TestServer.StartAsync(new BrightnessSegmenter());
        await using IPage page = await OpenAsync(server, 390, 844);
        Assert.AreEqual(390, await page.EvaluateExpressionAsync<int>("document.documentElement.scrollWidth"));

        await page.WaitForSelectorAsync(".samples button");
        await page.ClickAsync(".samples button");
        await page.WaitForExpressionAsync(Shown);

        Assert.AreEqual(390, await page.EvaluateExpressionAsync<int>("document.documentElement.scrollWidth"));
    }

    [TestMethod]
    public async Task WhatIsNoPictureIsSaidAndTheNextOneIsTaken()
    {
        await using TestServer server = await TestServer.StartAsync(new BrightnessSegmenter());
        await using IPage page = await OpenAsync(server, 1000, 700);

        await DropAsync(page, "nonsense"u8.ToArray(), "notes.txt", "text/plain");
        await page.WaitForExpressionAsync("!document.getElementById('fault').hidden");
        StringAssert.Contains(await page.EvaluateExpressionAsync<string>("document.getElementById('fault').textContent"), "no picture");
        await DropAsync(page, TestPictures.Quarters(80, 40), "street.png", "image/png");
        await page.WaitForExpressionAsync(Shown);

        Assert.IsTrue(await page.EvaluateExpressionAsync<bool>("document.getElementById('fault').hidden"));
    }

    [TestMethod]
    [DataRow("light")]
    [DataRow("dark")]
    public async Task TextStandsOutFromItsGround(string scheme)
    {
        await using TestServer server = await TestServer.StartAsync(new BrightnessSegmenter());
        await using IPage page = await OpenAsync(server, 1200, 800);
        await page.EmulateMediaFeaturesAsync(
            [new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = scheme }]);
        await page.WaitForSelectorAsync(".samples button");
        await page.ClickAsync(".samples button");
        await page.WaitForExpressionAsync(Shown);

        // WCAG's ratio of luminances, AA: 4.5 at least.
        string[] faint = await page.EvaluateFunctionAsync<string[]>(
            """
            () => {
              const light = parts => { const [r, g, b] = parts.map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
              const numbers = text => text.match(/[\d.]+/g).map(Number);
              const ground = element => { for (; element; element = element.parentElement) {
                const color = numbers(getComputedStyle(element).backgroundColor);
                if (color.length < 4 || color[3] === 1) return color.slice(0, 3); } };
              return [...document.querySelectorAll('body *')]
                .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.checkVisibility() && !e.closest('.chip'))
                .map(e => { const [a, b] = [light(numbers(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
                  return [e, (a + 0.05) / (b + 0.05)]; })
                .filter(([, ratio]) => ratio < 4.5).map(([e, ratio]) => `${e.tagName} '${e.textContent.slice(0, 30)}' ${ratio.toFixed(2)}`);
            }
            """);
        Assert.IsEmpty(faint, string.Join('\n', faint));

        string[] nameless = await page.EvaluateFunctionAsync<string[]>(
            """
            () => [...document.querySelectorAll('button, input, a, img, [tabindex="0"]')].filter(e => !(e.getAttribute('aria-label')
              || e.textContent.trim() || e.labels?.length || e.hasAttribute('alt') || e.querySelector('img[alt]:not([alt=""])')))
              .map(e => e.outerHTML)
            """);
        Assert.IsEmpty(nameless, string.Join('\n', nameless));
    }

    private static async Task<IPage> OpenAsync(TestServer server, int width, int height)
    {
        IPage page = await Browser.NewPageAsync();
        page.DefaultTimeout = 120_000;
        await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = height });
        await page.GoToAsync(server.Client.BaseAddress!.ToString());
        await page.WaitForExpressionAsync("document.querySelector('#model-state[data-kind=ready]') !== null");
        return page;
    }

    private static Task DropAsync(IPage page, byte[] content, string name, string type) => page.EvaluateFunctionAsync(
        """
        (content, name, type) => {
          const carried = new DataTransfer();
          carried.items.add(new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))], name, { type }));
          for (const kind of ['dragenter', 'dragover', 'drop'])
            document.getElementById('stage').dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: carried }));
        }
        """,
        Convert.ToBase64String(content), name, type);

    /// <summary>The colour of a canvas at a part of its width and height.</summary>
    private static Task<string> PixelAsync(IPage page, string canvas, double x, double y) => page.EvaluateFunctionAsync<string>(
        """
        (id, x, y) => {
          const canvas = document.getElementById(id);
          return canvas.getContext('2d').getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data.join();
        }
        """,
        canvas, x, y);

    private static async Task PointAsync(IPage page, double x, double y)
    {
        decimal[] box = await page.EvaluateExpressionAsync<decimal[]>(
            "(r => [r.left, r.top, r.width, r.height])(document.getElementById('photo').getBoundingClientRect())");
        await page.Mouse.MoveAsync(box[0] + (box[2] * (decimal)x), box[1] + (box[3] * (decimal)y));
    }

    private static async Task TabToAsync(IPage page, string isThere)
    {
        for (int i = 0; i < 40; i++)
        {
            if (await page.EvaluateExpressionAsync<bool>(isThere))
            {
                return;
            }

            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"No key press led to where {isThere}."));
    }
}
