namespace Road.Torch.Weights;

/// <summary>Finds the network that the package Microsoft.ML.DnnImageFeaturizer.ResNet18 puts beside an application.</summary>
internal static class DnnImageFeaturizerFile
{
    /// <summary>The backbone that the network is.</summary>
    public const string BackboneName = "resnet18";

    private const string Package = "Microsoft.ML.DnnImageFeaturizer.ResNet18";

    // The one for the version of ML.NET that Road is made with; the file is the same in all of them.
    private const string PackageVersion = "0.23.1";

    /// <summary>Gives the path of the file.</summary>
    /// <param name="backboneName">The backbone to fill.</param>
    /// <param name="folder">The application's folder.</param>
    /// <exception cref="NotSupportedException">The backbone is no ResNet-18.</exception>
    /// <exception cref="FileNotFoundException">The file is not there; the message says how it gets there.</exception>
    public static string Find(string backboneName, string folder)
    {
        if (backboneName != BackboneName)
        {
            throw new NotSupportedException(
                $"The package {Package} holds weights of the backbone '{BackboneName}', not of '{backboneName}': name a file of weights "
                + "instead.");
        }

        string path = PathIn(folder);
        return File.Exists(path) ? path : throw new FileNotFoundException(
            $"There is no file '{path}'. The package that holds it copies it there where the application's own project references it: add "
            + $"<PackageReference Include=\"{Package}\" Version=\"{PackageVersion}\" /> to that project and build it again.",
            path);
    }

    /// <summary>Whether the file is there, and of a backbone.</summary>
    public static bool Fits(string backboneName, string folder) => backboneName == BackboneName && File.Exists(PathIn(folder));

    private static string PathIn(string folder) => Path.Combine(folder, "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx");
}
