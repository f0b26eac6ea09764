using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;

namespace Road.MLNet.Tests.Processes;

/// <summary>Road's packages, made of what is built, in a folder that goes with its test.</summary>
internal sealed class RoadPackages : IDisposable
{
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    private readonly TemporaryFolder _folder = new();

    /// <summary>Makes the packages of libraries.</summary>
    public RoadPackages(params string[] libraries)
    {
        foreach (string name in libraries)
        {
            Pack(Path.Combine(OutsiderProject.RepositoryRoot, "src", name), "--no-build");
        }
    }

    /// <summary>The version of the packages that are made.</summary>
    public static string Version { get; } = XDocument.Load(Path.Combine(OutsiderProject.RepositoryRoot, "Directory.Build.props"))
        .Descendants("Version").Single().Value;

    /// <summary>The folder of the packages.</summary>
    public string Folder => _folder.Path;

    /// <summary>Writes a configuration of NuGet by which Road's packages come from a folder, and no others from there.</summary>
    public static void WriteConfiguration(string path, string folder) => File.WriteAllText(path, $"""
        <configuration>
          <packageSources>
            <add key="road" value="{folder}" />
          </packageSources>
          <fallbackPackageFolders>
            <add key="cache" value="{PackageCache}" />
          </fallbackPackageFolders>
          <packageSourceMapping>
            <clear />
            <packageSource key="road">
              <package pattern="Road.*" />
              <package pattern="road-*" />
            </packageSource>
            <packageSource key="nuget.org">
              <package pattern="*" />
            </packageSource>
          </packageSourceMapping>
        </configuration>
        """);

    /// <summary>Makes the packages of a project.</summary>
    public void Pack(string project, params string[] options)
    {
        (int exitCode, string output, string errors) = OutsiderProject.Dotnet(
            Folder, ["pack", project, "-c", OutsiderProject.Configuration, "-o", Folder, .. options]);
        Assert.AreEqual(0, exitCode, output + errors);
    }

    /// <summary>Holds a package to what its user looks for in it.</summary>
    public void AssertComplete(string name)
    {
        using ZipArchive package = ZipFile.OpenRead(_folder[$"{name}.{Version}.nupkg"]);
        string[] entries = [.. package.Entries.Select(static entry => entry.FullName)];
        foreach (string entry in (string[])["README.md", "icon.png", $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml"])
        {
            CollectionAssert.Contains(entries, entry);
        }

        using Stream description = package.GetEntry(name + ".nuspec")!.Open();
        XElement metadata = XDocument.Load(description).Root!.Elements().Single();
        string Element(string element) => metadata.Elements().Single(candidate => candidate.Name.LocalName == element).Value;
        Assert.AreEqual("MIT", Element("license"));
        Assert.AreEqual("README.md", Element("readme"));
        Assert.AreEqual("icon.png", Element("icon"));
        Assert.Contains("semantic-segmentation", Element("tags"));
        Assert.IsNotEmpty(Element("description"));

        using ZipArchive symbols = ZipFile.OpenRead(_folder[$"{name}.{Version}.snupkg"]);
        using MemoryStream debug = new();
        using (Stream entry = symbols.GetEntry($"lib/net10.0/{name}.pdb")!.Open())
        {
            entry.CopyTo(debug);
        }

        debug.Position = 0;
        using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(debug);
        MetadataReader reader = provider.GetMetadataReader();
        HashSet<DocumentHandle> carried = [.. reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation)
            .Where(information => reader.GetGuid(information.Kind) == EmbeddedSource)
            .Select(information => (DocumentHandle)information.Parent)];
        foreach (DocumentHandle document in reader.Documents)
        {
            string path = reader.GetString(reader.GetDocument(document).Name);
            Assert.IsTrue(carried.Contains(document), $"{name}'s symbols lack the source of {path}.");
            Assert.IsTrue(
                OutsiderProject.Configuration != "Release" || path.StartsWith("/_", StringComparison.Ordinal),
                $"{path} is a path of the machine that built {name}.");
        }

        Assert.IsNotEmpty(carried);
    }

    public void Dispose() => _folder.Dispose();

    private static string PackageCache => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
