using System.Diagnostics;
using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Streets;

/// <summary>Numbers on the command lines of the examples, in the cultures of other languages.</summary>
[TestClass]
public sealed class StreetsNumberTests
{
    private const string Training = "train --model m --source-preset gta5 --source s --target-preset camvid --target t";

    [TestMethod]
    [DataRow("Streets", "--learning-rate 0,001", "--learning-rate: '0,001' is not a number: write 0.001")]
    [DataRow("Streets", "--distillation-weight 0,1", "--distillation-weight: '0,1' is not a number: write 0.1")]
    [DataRow("Streets", "--spatial-weight 0,01", "--spatial-weight: '0,01' is not a number: write 0.01")]
    [DataRow("Streets", "--iterations 20.000", "--iterations: '20.000' is not a whole number: write 20000")]
    [DataRow("Streets", "--crop 3,21", "--crop: '3,21' is not a whole number")]
    [DataRow("Streets", "--batch 5.0", "--batch: '5.0' is not a whole number")]
    [DataRow("Streets", "--checkpoint c --checkpoint-interval 1,000", "--checkpoint-interval: '1,000' is not a whole number: write 1000")]
    [DataRow("Streets", "--seed 99999999999", "--seed: '99999999999' is out of range: it must be -2147483648 to 2147483647")]
    [DataRow("Streets", "--regions 3x3,0", "'3x3,0' must be two numbers with an x between them")]
    [DataRow("Streets", "--max-pixels 1,000,000", "--max-pixels: '1,000,000' is not a whole number: write 1000000")]
    [DataRow("Streets", "--max-pixels 0", "--max-pixels is 0; it must be 1 to 536870911.")]
    [DataRow("Streets", "--source-size 1,024x512", "'1,024x512' must be two numbers with an x between them")]
    [DataRow("Streets", "--target-size 1024x5.12", "'1024x5.12' must be two numbers with an x between them")]
    [DataRow(
        "Streets predict", "--model m --images i --out o --max-pixels 1.000.000",
        "--max-pixels: '1.000.000' is not a whole number: write 1000000")]
    [DataRow(
        "Streets evaluate", "--model m --images i --labels l --classes c --json j --max-pixels 1,000",
        "--max-pixels: '1,000' is not a whole number: write 1000")]
    [DataRow("Experiments", "run airsim-camvid --seed 1,0", "--seed: '1,0' is not a whole number")]
    [DataRow("QuickStart", "--iterations 1,000", "--iterations: '1,000' is not a whole number: write 1000")]
    [DataRow("QuickStart", "--seed 0x1", "--seed: '0x1' is not a whole number")]
    public void ANumberInAnotherWritingIsRefusedInEveryCulture(string program, string commandLine, string expected)
    {
        foreach (string culture in new[] { "C", "de_DE.UTF-8", "fr_FR.UTF-8" })
        {
            string[] words = program.Split(' ');
            string[] before = words.Length > 1 ? words[1..] : program == "Streets" ? Training.Split(' ') : [];
            string[] arguments = [.. before, .. commandLine.Split(' ')];
            using Process process = Programs.Start(Programs.Example(words[0]), arguments, start =>
            {
                // The programs are made without the cultures' data; here they are to look for it. C is what they do by themselves.
                start.Environment["LC_ALL"] = culture;
                start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = culture == "C" ? "1" : "0";
            });
            (int exitCode, string output, string errors) = Programs.Finish(process);
            if (errors.Contains("ICU", StringComparison.Ordinal))
            {
                Assert.Inconclusive("The cultures' data, ICU, is not installed.");
            }

            Assert.AreEqual(2, exitCode, culture + errors + output);
            StringAssert.Contains(errors, expected, StringComparison.Ordinal, culture);
        }
    }
}
