using System.Text.Json;
using System.Text.Json.Nodes;
using Road.MLNet.Tests.Processes;
using Streets;

namespace Road.MLNet.Tests.Streets;

/// <summary>Several processes that take a share each of one list of images.</summary>
[TestClass]
public sealed class StreetsShardTests
{
    [TestMethod]
    public void SharesOfPredictMakeUpWhatOneProcessWrites()
    {
        using StreetsFolders folders = new();
        string model = folders.WriteModel();
        string whole = folders.Combine("whole");
        string shared = folders.Combine("shared");
        StreetsProgram.Succeed("predict", "--model", model, "--images", folders.Images, "--out", whole, "--overlay", "0.5");

        string[] predict = ["predict", "--model", model, "--images", folders.Images, "--out", shared, "--overlay", "0.5", "--shard"];
        StringAssert.Contains(StreetsProgram.Succeed([.. predict, "1/3"]), "Writing the masks of 1 images of 4, the share 1/3 to ");
        string[] collect = ["predict", "--images", folders.Images, "--out", shared, "--overlay", "0.5", "--collect"];
        StreetsProgram.Fail(1, collect, "The masks of 3 of 4 images are not in ", "'0.png', '2.png', '3.png'", "Run their shares again");

        StreetsProgram.Succeed([.. predict, "2/3"]);

        // What a process left that was killed: its first image is done, and of its second a file is missing.
        StreetsProgram.Succeed([.. predict, "0/3"]);
        File.Delete(Path.Combine(shared, "3_labels.png"));
        StringAssert.Contains(StreetsProgram.Succeed([.. predict, "0/3"]), "; 1 of them are there already");
        StringAssert.Contains(StreetsProgram.Succeed(collect), "The masks of all 4 images are in ");

        string[] names = [.. Directory.GetFiles(whole).Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        Assert.HasCount(12, names);
        CollectionAssert.AreEqual(
            names, Directory.GetFiles(shared).Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal).ToArray());
        foreach (string name in names)
        {
            CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(whole, name)), File.ReadAllBytes(Path.Combine(shared, name)), name);
        }
    }

    [TestMethod]
    public void SharesOfEvaluateAddUpToTheReportOfOneProcess()
    {
        using StreetsFolders folders = new();
        string[] evaluate =
        [
            "evaluate", "--model", folders.WriteModel(), "--images", folders.Images, "--labels", folders.Labels, "--classes",
            folders.ClassesFile, "--json",
        ];
        string whole = folders.Combine("whole.json");
        StreetsProgram.Succeed([.. evaluate, whole]);
        string[] parts = [folders.Combine("a.json"), folders.Combine("b.json"), folders.Combine("c.json")];
        StreetsProgram.Succeed([.. evaluate, parts[0], "--shard", "0/2"]);
        StreetsProgram.Succeed([.. evaluate, parts[1], "--shard", "1/2"]);
        string sum = folders.Combine("sum.json");
        string said = StreetsProgram.Succeed("evaluate", "--collect", parts[0], parts[1], "--json", sum);
        StringAssert.Contains(said, "Scored 4 images in 2 shares");
        Assert.AreEqual(File.ReadAllText(whole), File.ReadAllText(sum));

        StreetsProgram.Fail(1, ["evaluate", "--collect", parts[1]], "1 of 2 shares are missing: 0/2");
        StreetsProgram.Fail(1, ["evaluate", "--collect", parts[0], parts[0]], "The share 0/2 is there twice");
        StreetsProgram.Fail(1, ["evaluate", "--collect", whole], "is no report of a share, as 'evaluate --shard' writes it");
        StreetsProgram.Succeed([.. evaluate, parts[2], "--shard", "1/2", "--mirror"]);
        StreetsProgram.Fail(1, ["evaluate", "--collect", parts[0], parts[2]], "do not belong together: the scoring of ", "mirror True");

        JsonNode damaged = JsonNode.Parse(File.ReadAllText(parts[1]))!;
        damaged["share"]!["counts"]!["confusionMatrix"]!.AsArray().RemoveAt(1);
        File.WriteAllText(parts[2], damaged.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        StreetsProgram.Fail(1, ["evaluate", "--collect", parts[0], parts[2]], $"'{parts[2]}' is no report of a share");
        StreetsProgram.Fail(2, [.. evaluate[..^1], "--shard", "0/2"], "Option '--json' is required with '--shard'.");
        StreetsProgram.Fail(2, ["evaluate", "--collect", parts[0], "--details"], "'--collect' and '--details' cannot be used together");
    }

    [TestMethod]
    public void ASchedulersVariablesReachTheCommand()
    {
        using StreetsFolders folders = new();
        string[] predict =
        [
            "predict", "--model", folders.WriteModel(), "--images", folders.Images, "--out", folders.Combine("masks"), "--shard", "auto",
        ];
        (int exitCode, string output, string errors) = Programs.Finish(Programs.Start(
            Programs.Example("Streets"),
            predict,
            static start => (start.Environment["RANK"], start.Environment["WORLD_SIZE"]) = ("1", "4")));
        Assert.AreEqual(0, exitCode, errors);
        StringAssert.Contains(output, "Writing the masks of 1 images of 4, the share 1/4 to ");
        StreetsProgram.Fail(2, [.. predict[..^1], "4/4"], "--shard: '4/4': the number of shares must be 1 to 1000000");
    }

    [TestMethod]
    [DataRow("0/1", "", "0/1")]
    [DataRow("auto", "RANK=1 WORLD_SIZE=4", "1/4")]
    [DataRow("auto/4", "JOB_COMPLETION_INDEX=2", "2/4")]
    [DataRow("auto", "SLURM_PROCID=3 SLURM_NTASKS=4", "3/4")]
    [DataRow("auto", "OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2", "0/2")]
    [DataRow(
        "auto",
        "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_STEP=2 SLURM_ARRAY_TASK_COUNT=3 SLURM_PROCID=0 SLURM_NTASKS=1",
        "1/3")]
    public void AShareIsWhatIsTypedOrWhatASchedulerSays(string text, string variables, string share)
    {
        Assert.AreEqual(share, Shard.Read(text, Variables(variables), out string error)?.ToString(), error);
        Assert.AreEqual(string.Empty, error);
    }

    [TestMethod]
    [DataRow("4/4", "", "'4/4': the number of shares must be 1 to 1000000, and the share 0 to that number less 1.")]
    [DataRow("1/0", "", "'1/0': the number of shares must be 1 to 1000000")]
    [DataRow("0/1000001", "", "'0/1000001': the number of shares must be 1 to 1000000")]
    [DataRow("1", "", "'1' must be a share such as 0/8")]
    [DataRow("-1/3", "", "'-1/3' must be a share such as 0/8")]
    [DataRow("1/2/3", "", "'1/2/3' must be a share such as 0/8")]
    [DataRow("auto", "", "'auto' needs one of the variables")]
    [DataRow("auto", "RANK=one WORLD_SIZE=2", "'auto' needs one of the variables")]
    [DataRow("auto", "JOB_COMPLETION_INDEX=2", "JOB_COMPLETION_INDEX says which share this is, and not how many there are: give 'auto/N'.")]
    [DataRow("auto/3", "RANK=1 WORLD_SIZE=4", "3 shares are asked for, but WORLD_SIZE is 4.")]
    [DataRow("auto", "RANK=4 WORLD_SIZE=4", "RANK is 4 of 4: the number of shares must be")]
    [DataRow("auto", "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=2 SLURM_ARRAY_TASK_COUNT=3", "SLURM_ARRAY_TASK_ID is -1 of 3")]
    public void WhatIsNoShareIsRefused(string text, string variables, string fault)
    {
        Assert.IsNull(Shard.Read(text, Variables(variables), out string error));
        StringAssert.StartsWith(error, fault);
    }

    private static Func<string, string?> Variables(string list)
    {
        Dictionary<string, string> variables = list.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static part => part.Split('=')).ToDictionary(static part => part[0], static part => part[1]);
        return variables.GetValueOrDefault;
    }
}
