namespace Road.MLNet.Tests.Examples;

/// <summary>What a command may write where it reads.</summary>
[TestClass]
public sealed class FilePlanTests
{
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void AnOutputThatIsAnInputIsRefusedInEitherOrderByWhateverPath(bool readsFirst)
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("in/a.png", "a");
        Directory.CreateSymbolicLink(folder["linked"], folder["in"]);
        File.CreateSymbolicLink(folder["file"], file);
        File.CreateSymbolicLink(folder["hop"], folder["file"]);
        foreach (string other in new[] { file, folder["in/../in/./a.png"], folder["linked/a.png"], folder["file"], folder["hop"] })
        {
            Assert.AreEqual(
                $"'{other}' (--json) would overwrite '{file}' (--model), which is read. Give it another place.",
                Refuse(plan => Add(plan, readsFirst, () => plan.Read(file, "--model"), () => plan.Write(other, "--json"))));
        }
    }

    [TestMethod]
    public void TwoOutputsOfOneFileAreRefusedWhetherItIsThereOrNot()
    {
        using TemporaryFolder folder = new();
        Directory.CreateSymbolicLink(folder["linked"], folder.CreateFolder("out"));
        File.CreateSymbolicLink(folder["dangling"], folder["out/new"]);
        foreach (string other in new[] { folder["linked/new"], folder["dangling"], folder["missing/../out/new"] })
        {
            Assert.AreEqual(
                $"'{folder["out/new"]}' (--model) and '{other}' (--checkpoint) would be one file. Give each a place of its own.",
                Refuse(plan =>
                {
                    plan.Write(folder["out/new"], "--model");
                    plan.Write(other, "--checkpoint");
                }));
        }
    }

    [TestMethod]
    public void AnOutputThatIsAFolderOrAnotherOutputsFolderIsRefused()
    {
        using TemporaryFolder folder = new();
        string there = folder.CreateFolder("there");
        Assert.AreEqual(
            $"'{there}' (--json) is a folder, where a file is to be written. Give it another place.", Refuse(
                plan => plan.Write(there, "--json")));
        foreach (bool fileFirst in new[] { true, false })
        {
            StringAssert.Contains(
                Refuse(plan => Add(
                    plan, fileFirst, () => plan.Write(folder["x/road.zip"], "--model"), () => plan.Write(
                        folder["x/road.zip/state/checkpoint"], "--checkpoint"))),
                "would be a file and a folder of one name");
        }
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void WhatLiesInAFolderThatTheCommandHasForItselfIsRefused(bool ownsFirst)
    {
        using TemporaryFolder folder = new();
        string scenes = folder.CreateFolder("scenes");
        foreach (string other in new[] { scenes, folder["scenes/deep/a.png"] })
        {
            string expected =
                $"'{other}' (data) lies in '{scenes}' (the scenes), a folder whose files are overwritten. Give one of them another place.";
            Assert.AreEqual(
                expected, Refuse(plan => Add(plan, ownsFirst, () => plan.Own(scenes, "the scenes"), () => plan.Read(other, "data"))));
            if (other != scenes)
            {
                Assert.AreEqual(
                    expected, Refuse(plan => Add(plan, ownsFirst, () => plan.Own(scenes, "the scenes"), () => plan.Write(other, "data"))));
            }
        }
    }

    [TestMethod]
    public void NeighboursDevicesAndInputsThatAreReadTwiceAreAllowed()
    {
        using TemporaryFolder folder = new();
        FilePlan plan = new();
        plan.Own(folder["scenes"], "the scenes");
        plan.Read([folder["in/a.png"], folder["in/a.png"], folder["scenes2/a.png"], folder["scenes.zip"]], "data");
        plan.Write(folder["in/a_labels.png"], "a mask");
        plan.Write(folder["in2"], "a mask");
        if (!OperatingSystem.IsWindows())
        {
            plan.Read("/dev/null", "--classes");
            plan.Write("/dev/null", "--json");
            plan.Write("/dev/null", "--model");
        }
    }

    [TestMethod]
    public void NamesInOtherLettersAreOneFileJustWhereTheFileSystemSaysSo()
    {
        using TemporaryFolder folder = new();
        folder.Write("out/Marker", "a");
        bool isOne = File.Exists(folder["out/mARKER"]);
        FilePlan plan = new();
        plan.Write(folder["out/a.png"], "the mask of a.jpg");

        if (isOne)
        {
            Assert.Throws<FileClashException>(() => plan.Write(folder["out/A.png"], "the mask of A.jpg"));
        }
        else
        {
            plan.Write(folder["out/A.png"], "the mask of A.jpg");
        }
    }

    [TestMethod]
    public void LinksInACircleAreAnErrorThatNamesThem()
    {
        using TemporaryFolder folder = new();
        File.CreateSymbolicLink(folder["one"], "two");
        File.CreateSymbolicLink(folder["two"], "one");

        IOException error = Assert.ThrowsExactly<IOException>(() => new FilePlan().Read(folder["one"], "--model"));

        StringAssert.Contains(error.Message, "lead in a circle");
    }

    private static void Add(FilePlan plan, bool inOrder, Action first, Action second)
    {
        (inOrder ? first : second)();
        (inOrder ? second : first)();
    }

    private static string Refuse(Action<FilePlan> fill) => Assert.ThrowsExactly<FileClashException>(() => fill(new FilePlan())).Message;
}
