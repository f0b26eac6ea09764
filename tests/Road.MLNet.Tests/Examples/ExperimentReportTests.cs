using System.Globalization;
using System.Xml.Linq;

namespace Road.MLNet.Tests.Examples;

/// <summary>What <c>Experiments report</c> makes of given results.</summary>
[TestClass]
public sealed class ExperimentReportTests
{
    [TestMethod]
    public void TheMarkdownHasMeansDeviationsTheBestInBoldAndTheGapClosed()
    {
        using TemporaryFolder folder = new();
        WriteAll(folder);
        string report = Report(folder, "report.md");

        // 20, 22: mean 21, deviation sqrt(2). 30, 26: mean 28, deviation sqrt(8). Upper bound 41, so the gaps are 21 and 19, of which
        // 10 and 4 are closed: 47.6 and 21.1 per cent.
        StringAssert.Contains(report, "| No adaptation | 41.0 ± 1.4 | 1.0 ± 1.4 | 21.0 ± 1.4 | 23.0 ± 1.4 | 10, 10 | 0 |");
        StringAssert.Contains(
            report, "| Target distillation | **48.0 ± 2.8** | **8.0 ± 2.8** | **28.0 ± 2.8** | **30.0 ± 2.8** | 10, 10 | 34 ± 19 |");
        StringAssert.Contains(
            report, "| *Trained on target labels* | 61.0 ± 0.0 | 21.0 ± 0.0 | 41.0 ± 0.0 | 43.0 ± 0.0 | 10, 10 | 100 |");
    }

    [TestMethod]
    public void ExpectationsAreHeldAgainstTheNumbers()
    {
        using TemporaryFolder folder = new();
        WriteAll(folder);
        string report = Report(folder, "report.md");

        StringAssert.Contains(
            report,
            "| Target distillation above no adaptation | met | 28.0 ± 2.8 against 21.0 ± 1.4, +7.0; more than the deviations of both "
            + "together (3.2) |");
        StringAssert.Contains(
            report,
            "| Spatial adaptation above no adaptation | **not met** | 20.0 ± 2.8 against 21.0 ± 1.4, −1.0; within the deviations of both "
            + "together (3.2), so chance may have done it |");
        Assert.IsFalse(report.Contains("ROAD (both parts)", StringComparison.Ordinal), "There is no such run.");
    }

    [TestMethod]
    public void ASweepHoldsItsVariantsOwnValueToo()
    {
        using TemporaryFolder folder = new();
        WriteAll(folder);
        Write(folder, "spatial_spatialWeight-0.1", "spatial", 1, 0.25, """, "sweep": { "option": "spatialWeight", "value": 0.1 } """);
        Report(folder, "report.md");
        XElement chart = XElement.Load(folder.Combine("figures/sweep-spatialWeight.svg"));

        string[] texts = [
            .. chart.Descendants().Where(element => element.Name.LocalName is "text" or "title").Select(element => element.Value)];
        foreach (string text in new[] { "0.01", "0.1", "mIoU (%)", "No adaptation", "Spatial adaptation, 0.1: 25.0 ± 0.0",
            "Spatial adaptation, 0.01: 20.0 ± 2.8" })
        {
            CollectionAssert.Contains(texts, text);
        }
    }

    [TestMethod]
    public void VariantsWithTheSameSweepShareItsChart()
    {
        using TemporaryFolder folder = new();
        WriteAll(folder);
        Write(folder, "none_iterations-30", "none", 1, 0.19, """, "sweep": { "option": "iterations", "value": 30 } """);
        Write(folder, "spatial_iterations-20", "spatial", 1, 0.22, """, "sweep": { "option": "iterations", "value": 20 } """);
        Report(folder, "report.md");
        XElement chart = XElement.Load(folder.Combine("figures/sweep-iterations.svg"));

        string[] texts = [
            .. chart.Descendants().Where(element => element.Name.LocalName is "text" or "title").Select(element => element.Value)];
        foreach (string text in new[] { "20", "30", "No adaptation, 30: 19.0 ± 0.0", "Spatial adaptation, 20: 22.0 ± 0.0" })
        {
            CollectionAssert.Contains(texts, text);
        }

        Assert.AreEqual(1, texts.Count(static text => text == "No adaptation"), "The line says it; a level of its own would be wrong.");
    }

    [TestMethod]
    public void ThePageIsWellFormedAndStandsAlone()
    {
        using TemporaryFolder folder = new();
        WriteAll(folder);
        string page = Report(folder, "report.html");
        XElement root = XDocument.Parse(page).Root!;

        string[] elements = [.. root.Descendants().Select(element => element.Name.LocalName)];
        foreach (string foreign in new[] { "script", "link", "img", "iframe" })
        {
            CollectionAssert.DoesNotContain(elements, foreign);
        }

        Assert.IsFalse(
            root.Descendants().Attributes().Any(
                attribute => !attribute.IsNamespaceDeclaration && attribute.Value.Contains("http", StringComparison.Ordinal)));
        Assert.IsGreaterThanOrEqualTo(4, elements.Count(name => name == "svg"));
        StringAssert.Contains(page, "A title with &lt;angles&gt; &amp; more");
        StringAssert.Contains(page, "<td class=\"best\">28.0<small>± 2.8</small></td>");
    }

    [TestMethod]
    public void WithoutTheDataThePageHasNoPictures()
    {
        using TemporaryFolder folder = new();
        WriteAll(folder);
        (int exitCode, string output, string errors) = ExperimentsProgram.Run(
            "report", folder.Path, "--data", folder.CreateFolder("empty"));
        Assert.AreEqual(0, exitCode, errors);
        Assert.DoesNotContain("<img", File.ReadAllText(folder.Combine("report.html")));
        Assert.DoesNotContain("no pictures", output, "No run kept masks, so none were missing.");
    }

    [TestMethod]
    public void OneSeedHasNoDeviation()
    {
        using TemporaryFolder folder = new();
        Write(folder, "none", "none", 1, 0.2, hasCars: false);
        string report = Report(folder, "report.md");
        StringAssert.Contains(report, "| No adaptation | **40.0** | – | **20.0** | **22.0** | 10 | – |");
    }

    [TestMethod]
    public void FindingsAndTheDomainsLayoutAreShownInBothForms()
    {
        using TemporaryFolder folder = new();
        WriteAll(folder);
        folder.Write("findings.json", """[{ "title": "Less is more", "text": "Roads < cars & more." }]""");
        folder.Write(
            "layout.json",
            """
            {
              "rows": 1, "columns": 2, "classes": ["road", "car"],
              "source": [[1, 0], [0.25, 0.75]], "target": [[1, 0], [0.5, 0.5]]
            }
            """);
        string report = Report(folder, "report.md");
        string page = File.ReadAllText(folder.Combine("report.html"));

        StringAssert.Contains(report, "### Less is more\n\nRoads < cars & more.\n");
        StringAssert.Contains(report, "| row 1, column 1 | 100 → 100 | 0 → 0 | 0 |");
        StringAssert.Contains(report, "| row 1, column 2 | 25 → 50 | 75 → 50 | 25 |");
        StringAssert.Contains(page, "<h3>Less is more</h3><p>Roads &lt; cars &amp; more.</p>");
        StringAssert.Contains(page, "<td>25 → 50</td>");
    }

    [TestMethod]
    public void RowsThatAreNotRunYetAreNamed()
    {
        using ExperimentFolder folder = new();
        folder.WriteExperiment(""" "variants": ["none", "road"], "seeds": [1, 2, 3] """);
        using TemporaryFolder results = new();
        Write(results, "none", "none", 1, 0.2, outer: "small/");
        (int exitCode, _, string errors) = ExperimentsProgram.Run("report", folder.Experiment, "--output", results.Path);

        Assert.AreEqual(0, exitCode, errors);
        const string Missing = "Not run yet: none (seeds 2, 3), road (seeds 1, 2, 3).";
        StringAssert.Contains(File.ReadAllText(results.Combine("small/report.md")), Missing);
        StringAssert.Contains(File.ReadAllText(results.Combine("small/report.html")), Missing);
    }

    [TestMethod]
    public void AnEndOfTheGapThatWasNotRunWithASeedGivesItsMean()
    {
        // Seeds 1 and 2 of road, 1 and 3 of none, 1 of the upper bound. Seed 1: (30 - 20) / (40 - 20). Seed 2: (25 - 22) / (40 - 22).
        using TemporaryFolder folder = new();
        Write(folder, "none", "none", 1, 0.20);
        Write(folder, "none", "none", 3, 0.24);
        Write(folder, "road", "road", 1, 0.30);
        Write(folder, "road", "road", 2, 0.25);
        Write(folder, "upper-bound", "upper-bound", 1, 0.40);
        string report = Report(folder, "report.md");
        StringAssert.Contains(report, "| 10, 10 | 33 ± 24 |");
        StringAssert.Contains(File.ReadAllText(folder.Combine("report.html")), "33 % of the gap closed");
    }

    [TestMethod]
    public void ResultsOfBeforeDetailsSaySoAndHaveDashesBesideNewOnes()
    {
        using TemporaryFolder folder = new();
        WriteAll(folder);
        StringAssert.Contains(
            Report(folder, "report.md"), "These runs are of before single images, outlines and confidence were measured.");
        Assert.IsFalse(File.Exists(folder.Combine("what-goes-wrong.md")));

        // Images 10, 20, 60 and one without labels: mean 30, deviation sqrt((400 + 100 + 900) / 2), a quarter at 15, 95 per cent at 56.
        Write(folder, "road", "road", 1, 0.31, Details("[0.1, null, 0.6, 0.2]", 0.125, 0.05));
        string report = Report(folder, "report.md");
        Assert.DoesNotContain("These runs are of before", report);
        StringAssert.Contains(
            report,
            "| ROAD (both parts) | **31.0** | **12.5** | **30.0** | 26.5 | **10.0** | **11.0** | **15.0** | **20.0** | **40.0** "
            + "| **56.0** | **5.0** | 80.0 | **75.0** |");
        StringAssert.Contains(report, "| No adaptation | 21.0 ± 1.4 | – | – | – | – | – | – | – | – | – | – | – | **75.0 ± 0.0** |");
    }

    [TestMethod]
    public void TheLowestCalibrationErrorIsTheBest()
    {
        using TemporaryFolder folder = new();
        Write(folder, "none", "none", 1, 0.2, Details("[0.1]", 0.1, 0.3));
        Write(folder, "none", "none", 2, 0.2, Details("[0.2]", 0.2, 0.2));
        Write(folder, "road", "road", 1, 0.3, Details("[0.3]", 0.1, 0.4));
        string report = Report(folder, "report.md");

        // Means 10 and 20 of the images, deviation sqrt(50); one image alone has no deviation of its own.
        StringAssert.Contains(
            report,
            "| No adaptation | 20.0 ± 0.0 | **15.0 ± 7.1** | 15.0 ± 7.1 | – | 15.0 ± 7.1 | 15.0 ± 7.1 | 15.0 ± 7.1 | 15.0 ± 7.1 "
            + "| 15.0 ± 7.1 | 15.0 ± 7.1 | **25.0 ± 7.1** | 80.0 ± 0.0 | **75.0 ± 0.0** |");
        StringAssert.Contains(report, "![No adaptation](figures/reliability-none.svg)");
        XElement chart = XElement.Load(folder.Combine("figures/reliability-none.svg"));
        string[] titles = [.. chart.Descendants().Where(static element => element.Name.LocalName == "title").Select(
            static element => element.Value)];

        // Both seeds have 1 of 4 pixels in the first bin: 0.4 sure, half right.
        CollectionAssert.AreEqual(
            new[]
            {
                "0 to 50 % sure: 40.0 % on average, 50.0 % right; 25.0 % of the pixels",
                "50 to 100 % sure: 90.0 % on average, 80.0 % right; 75.0 % of the pixels",
            },
            titles);
        string images = File.ReadAllText(folder.Combine("figures/images.svg"));
        StringAssert.Contains(images, "No adaptation: mean 15.0, median 15.0, half from 12.5 to 17.5, 5 to 95 % from 10.5 to 19.5");
    }

    [TestMethod]
    public void WhatGoesWrongIsToldOfTheBestRowThatSawNoLabels()
    {
        using TemporaryFolder folder = new();
        Write(folder, "none", "none", 1, 0.2, Details("[0.2, 0.3]", 0.1, 0.3, Worst("other", 0, 0.2)), matrix: "[[4, 4], [0, 2]]");
        Write(
            folder, "road", "road", 1, 0.3, Details("[0.25, 0.1234]", 0.1, 0.3, Worst("the<frame>", 1, 0.1234)),
            matrix: "[[6, 2], [1, 1]]");
        Write(folder, "road", "road", 2, 0.3, Details("[0.25, 0.5]", 0.1, 0.3, Worst("other", 0, 0.25)), matrix: "[[8, 0], [1, 1]]");
        Write(folder, "upper-bound", "upper-bound", 1, 0.6, Details("[0.6, 0.6]", 0.5, 0.1, Worst("other", 0, 0.6)));
        StringAssert.Contains(Report(folder, "report.md"), "[What goes wrong](what-goes-wrong.md)");
        string markdown = File.ReadAllText(folder.Combine("what-goes-wrong.md"));
        string page = File.ReadAllText(folder.Combine("what-goes-wrong.html"));

        // Of 20 pixels of both seeds 2 roads are cars, of 16 roads, and 2 cars roads, of 4 cars; without adaptation 4 of 10 and none.
        StringAssert.Contains(markdown, "Of the best row, ROAD (both parts) (30.0 ± 0.0)");
        StringAssert.Contains(markdown, "| road | car | 10.0 | 12.5 | 40.0 |\n| car | road | 10.0 | 50.0 | 0.0 |");
        StringAssert.Contains(markdown, "| the<frame> | 12.3 | 50.0 | road as car 23.4, car as road 1.0 |");
        Assert.DoesNotContain("figures/worst", markdown, "There is no data to draw.");
        XDocument.Parse(page);
        StringAssert.Contains(page, "1. the&lt;frame&gt;<span>mIoU 12.3</span>");
        StringAssert.Contains(File.ReadAllText(folder.Combine("report.html")), "href=\"what-goes-wrong.html\"");
    }

    [TestMethod]
    public void ADamagedResultIsNamed()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("runs/none_seed-1.json", "{ \"experiment\": \"x\" }");
        (int exitCode, _, string errors) = ExperimentsProgram.Run("report", folder.Path);
        Assert.AreEqual(2, exitCode);
        StringAssert.Contains(errors, path + " is no result of a run");
    }

    private static string Report(TemporaryFolder folder, string file)
    {
        (int exitCode, _, string errors) = ExperimentsProgram.Run("report", folder.Path);
        Assert.AreEqual(0, exitCode, errors);
        return File.ReadAllText(folder.Combine(file));
    }

    private static void WriteAll(TemporaryFolder folder)
    {
        Write(folder, "none", "none", 1, 0.20);
        Write(folder, "none", "none", 2, 0.22);
        Write(folder, "distillation", "distillation", 1, 0.30);
        Write(folder, "distillation", "distillation", 2, 0.26);
        Write(folder, "spatial", "spatial", 1, 0.22);
        Write(folder, "spatial", "spatial", 2, 0.18);
        Write(folder, "upper-bound", "upper-bound", 1, 0.41);
        Write(folder, "upper-bound", "upper-bound", 2, 0.41);
    }

    /// <summary>
    /// A result whose road is 0.2 above its score and whose cars are 0.2 below; the best, at iteration 10, is 0.02 above.
    /// </summary>
    private static void Write(
        TemporaryFolder folder, string name, string variant, int seed, double score, string rest = "", bool hasCars = true,
        string outer = "", string matrix = "[[3, 1], [0, 0]]")
    {
        string cars = hasCars ? Number(Math.Max(0, score - 0.2)) : "null";
        folder.Write($"{outer}runs/{name}_seed-{seed}.json", $$"""
            {
              "experiment": "fixed", "title": "A title with <angles> & more", "data": "A to B", "network": "N",
              "name": "{{name}}", "variant": "{{variant}}", "seed": {{seed}}, "iterations": 20,
              "lastMeanIoU": {{Number(score)}}, "bestMeanIoU": {{Number(score + 0.02)}}, "bestIteration": 10,
              "classIoU": { "road": {{Number(score + 0.2)}}, "car": {{cars}} }, "seconds": 60,
              "curve": [{ "iteration": 10, "meanIoU": {{Number(score + 0.02)}}, "seconds": 30 },
                { "iteration": 20, "meanIoU": {{Number(score)}}, "seconds": 60 }],
              "confusionMatrix": {{matrix}},
              "settings": { "method": "{{variant}}", "seed": {{seed}}, "spatialWeight": 0.01 },
              "machine": { "system": "S", "processor": "P", "cores": 2, "device": "cpu" }{{rest}}
            }
            """);
    }

    /// <summary>
    /// What newer results have: of 4 pixels one lies in the lower of two bins, 0.4 sure and half right, the others in the upper, 0.9 sure
    /// and eight of ten right.
    /// </summary>
    private static string Details(string images, double boundary, double error, string worst = "[]") => $$"""
        , "imageIoU": {{images}}, "worstImages": {{worst}}, "boundaryMeanIoU": {{Number(boundary)}},
          "classBoundaryIoU": { "road": {{Number(boundary)}}, "car": null },
          "calibration": { "expectedError": {{Number(error)}}, "maximumError": 0.5, "meanConfidence": 0.8,
            "pixels": [1, 3], "accuracy": [0.5, 0.8], "confidence": [0.4, 0.9] }
        """;

    private static string Worst(string name, int row, double score) => $$"""
        [{ "name": "{{name}}", "row": {{row}}, "meanIoU": {{Number(score)}}, "confusions": [
          { "truth": "road", "predicted": "car", "share": 0.234 }, { "truth": "car", "predicted": "road", "share": 0.01 }] }]
        """;

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
