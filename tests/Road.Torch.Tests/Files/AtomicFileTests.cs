using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Road.Files;

namespace Road.Torch.Tests.Files;

/// <summary>Files that are written whole or not at all.</summary>
[TestClass]
public sealed class AtomicFileTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("new content");

    [TestMethod]
    public void AFileIsReplacedAndNothingStaysBesideIt()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("a.txt", "old");

        AtomicFile.Write(file, static stream => stream.Write(Content));

        CollectionAssert.AreEqual(Content, File.ReadAllBytes(file));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void AFailureWhileWritingLeavesWhatWasThere()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("a.txt", "old");

        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => AtomicFile.Write(file, static stream =>
        {
            stream.Write(Content);
            throw new InvalidDataException("no more");
        }));

        Assert.AreEqual("no more", error.Message);
        Assert.AreEqual("old", File.ReadAllText(file));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void WhileItIsWrittenTheContentIsNotUnderItsName()
    {
        using TemporaryFolder folder = new();
        string file = folder["a.txt"];

        AtomicFile.Write(file, stream =>
        {
            stream.Write(Content);
            stream.Flush();
            Assert.IsFalse(File.Exists(file));
            string temporary = Path.GetFileName(Directory.GetFiles(folder.Path).Single());
            StringAssert.Matches(temporary, new(@"\A\.road-[0-9a-f]{32}\.tmp\z"));
        });

        Assert.IsTrue(File.Exists(file));
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [UnsupportedOSPlatform("windows")]
    public void AFileKeepsItsPermissions()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("a.txt", "old");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        AtomicFile.Write(file, static stream => stream.Write(Content));

        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [TestMethod]
    public void AReadOnlyFileIsLeftAndNamed()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("a.txt", "old");
        File.SetAttributes(file, FileAttributes.ReadOnly);

        IOException error = Assert.ThrowsExactly<IOException>(() => AtomicFile.Write(file, static stream => stream.Write(Content)));

        File.SetAttributes(file, FileAttributes.Normal);
        Assert.AreEqual($"Cannot write '{file}': The file is read-only.", error.Message);
        Assert.AreEqual("old", File.ReadAllText(file));
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void ALinkStaysAndWhatItLeadsToIsReplaced()
    {
        using TemporaryFolder folder = new();
        string store = folder.CreateFolder("store");
        string file = folder.Write("store/a.txt", "old");
        File.CreateSymbolicLink(folder["second"], "store/a.txt");
        File.CreateSymbolicLink(folder["first"], "second");

        AtomicFile.Write(folder["first"], static stream => stream.Write(Content));

        CollectionAssert.AreEqual(Content, File.ReadAllBytes(file));
        Assert.AreEqual("second", new FileInfo(folder["first"]).LinkTarget);
        Assert.HasCount(1, Directory.GetFileSystemEntries(store));
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public async Task ANamedPipeIsWrittenIntoAndStaysOne()
    {
        using TemporaryFolder folder = new();
        string pipe = folder["pipe"];
        using (Process make = Process.Start("mkfifo", [pipe]))
        {
            await make.WaitForExitAsync();
        }

        Task<byte[]> reading = Task.Run(() =>
        {
            using FileStream reader = new(pipe, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using MemoryStream read = new();
            reader.CopyTo(read);
            return read.ToArray();
        });
        AtomicFile.Write(pipe, static stream => stream.Write(Content));

        CollectionAssert.AreEqual(Content, await reading);
        Assert.IsTrue(SpecialFile.IsAt(pipe));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void RegularFilesFoldersLinksToThemAndNothingAreNotSpecial()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("a.txt", "old");
        File.CreateSymbolicLink(folder["link"], file);

        Assert.IsFalse(SpecialFile.IsAt(file));
        Assert.IsFalse(SpecialFile.IsAt(folder["link"]));
        Assert.IsFalse(SpecialFile.IsAt(folder.Path));
        Assert.IsFalse(SpecialFile.IsAt(folder["nothing"]));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void ADeviceIsWrittenIntoByItsLinkTooAndAFullOneIsNamed()
    {
        using TemporaryFolder folder = new();
        File.CreateSymbolicLink(folder["null"], "/dev/null");
        AtomicFile.Write(folder["null"], static stream => stream.Write(Content));
        Assert.IsTrue(SpecialFile.IsAt("/dev/null"));

        IOException error = Assert.ThrowsExactly<IOException>(() => AtomicFile.Write("/dev/full", static stream => stream.Write(Content)));

        StringAssert.StartsWith(error.Message, "Cannot write '/dev/full': No space left on device");
        Assert.IsTrue(SpecialFile.IsAt("/dev/full"));
    }

    [TestMethod]
    public void AFolderThatIsMissingIsToldOfTheFileThatTheUserKnowsOrMade()
    {
        using TemporaryFolder folder = new();
        string file = folder["missing/a.txt"];

        IOException error = Assert.ThrowsExactly<IOException>(() => AtomicFile.Write(file, static stream => stream.Write(Content)));
        StringAssert.StartsWith(error.Message, $"Cannot write '{file}': ");
        Assert.DoesNotContain(".road-", error.Message);

        AtomicFile.Write(file, static stream => stream.Write(Content), makesFolder: true);
        CollectionAssert.AreEqual(Content, File.ReadAllBytes(file));
    }

    [TestMethod]
    public void LeftoversGoWithTheNextFileWhichIsWrittenThereAndNothingElseDoes()
    {
        using TemporaryFolder folder = new();
        string name = Guid.NewGuid().ToString("N");
        folder.Write($".road-{name}.tmp", "half");
        folder.Write($"a.txt.{name}.tmp", "half, of an earlier version");
        string[] foreign =
        [
            folder.Write("notes.tmp", "the user's"),
            folder.Write($"{name}.tmp", "the user's"),
            folder.Write($"b.txt.{name}.tmp", "the user's"),
            folder.Write($".road-{name}.png", "the user's"),
            folder.Write(".road-map.tmp", "the user's"),
        ];

        AtomicFile.Write(folder["a.txt"], static stream => stream.Write(Content));

        CollectionAssert.AreEquivalent((string[])[folder["a.txt"], .. foreign], Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void WhatIsBeingWrittenIsNoLeftover()
    {
        using TemporaryFolder folder = new();
        AtomicFile.Write(folder["a.txt"], stream =>
        {
            stream.Write(Content);
            AtomicFile.DeleteLeftovers(folder["b.txt"]);
        });

        CollectionAssert.AreEqual(Content, File.ReadAllBytes(folder["a.txt"]));
    }
}
