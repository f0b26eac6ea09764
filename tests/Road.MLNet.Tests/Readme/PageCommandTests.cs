using Road.MLNet.Tests.Processes;

namespace Road.MLNet.Tests.Readme;

/// <summary>Every command of a page is one that its program understands; those of stories are run by <see cref="StoryTests"/>.</summary>
[TestClass]
public sealed class PageCommandTests
{
    public static IEnumerable<object[]> Commands =>
        from page in PageCommands.Pages
        from command in PageCommands.Of(page)
        where command.Program != "QuickStart"
        select new object[] { Path.GetFileName(page), command.Program, string.Join('\n', command.Words) };

    [TestMethod]
    public void ThePagesHaveCommands() => Assert.IsGreaterThan(9, Commands.Count());

    [TestMethod]
    [DynamicData(nameof(Commands))]
    public void TheProgramUnderstandsTheCommand(string page, string program, string arguments)
    {
        string[] words = arguments.Split('\n');

        // The directive shows how the command line is understood, and does nothing.
        (int exitCode, string output, string errors) = Programs.Run(Programs.Example(program), ["[diagram]", .. words]);
        Assert.AreEqual(0, exitCode, $"{page}: {arguments}: {errors}");
        StringAssert.Contains(output, words[0], StringComparison.Ordinal);
    }
}
