using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Road.Torch.OneDnn;
using TorchSharp;

namespace Road.Torch;

/// <summary>Loads libtorch, the native library that TorchSharp runs on, and says what to do where that fails.</summary>
public static partial class TorchRuntime
{
    private static readonly Lazy<Exception?> Failure = new(Load);

    /// <summary>
    /// What <see cref="EnsureAvailable"/> did so that libtorch computes rightly on this processor, and why, as a sentence; null where
    /// nothing was done. The environment variable <c>ROAD_ONEDNN</c>, <c>on</c> or <c>off</c>, overrules it.
    /// </summary>
    public static string? Remark { get; private set; }

    /// <summary>The version of TorchSharp, which is also the version of the package that brings libtorch.</summary>
    internal static string TorchSharpVersion => typeof(DeviceType).Assembly.GetName().Version!.ToString(3);

    /// <summary>
    /// Loads libtorch on the first call; later calls, from any thread, repeat its outcome. Training and
    /// loading a model with Road.MLNet call this; a program of your own may call it to fail early.
    /// </summary>
    /// <exception cref="TorchUnavailableException">
    /// No package brings libtorch to the application, or the system lacks a library that libtorch needs.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The environment variable <c>ROAD_ONEDNN</c> is neither <c>on</c> nor <c>off</c>.
    /// </exception>
    public static void EnsureAvailable()
    {
        if (Failure.Value is { } failure)
        {
            throw new TorchUnavailableException(Explain(failure.Message), failure);
        }
    }

    /// <summary>Turns the system loader's words into what is missing and what to do about it.</summary>
    /// <param name="loaderMessage">The message of the failed load; it may list several attempts.</param>
    internal static string Explain(string loaderMessage)
    {
        Match version = MissingVersion().Match(loaderMessage);
        if (version.Success)
        {
            string library = version.Groups["library"].Value;
            string name = version.Groups["version"].Value;
            string remedy = name == RelaxedLibrary.Version
                ? "This need can be relaxed, which failed here at run time. Have the build do it: reference the package Road.Torch or "
                    + "Road.MLNet"
                    + " without RoadPatchTorchSharp=false, or, with a project reference, add to the application's project file"
                    + " <Import Project=\"PATH/src/Road.Torch/buildTransitive/Road.Torch.targets\" />. Or use a system with GCC 13's "
                    + "libstdc++ or a later one."
                : $"Use a system with a newer {library}.";
            return $"TorchSharp {TorchSharpVersion} needs {name} of {library}, which this system does not have. {remedy}";
        }

        string? missing = MissingLibrary().Matches(loaderMessage)
            .Select(match => match.Groups["library"].Value)
            .FirstOrDefault(name => !name.Contains("LibTorchSharp", StringComparison.Ordinal));
        if (missing is not null && !IsPartOfLibtorch(missing))
        {
            return $"TorchSharp {TorchSharpVersion} needs the library {missing}, which this system does not have. Install the system's "
                + "package that brings it.";
        }

        string cause = missing is null ? "TorchSharp's native library could not be loaded" : $"libtorch's {missing} was not found";
        string visualCpp = OperatingSystem.IsWindows()
            ? " Where the package is referenced already, install the Visual C++ 2015-2022 redistributable (x64)."
            : string.Empty;
        return $"{cause}. Add the package {BackendPackages()}, version {TorchSharpVersion}, to the application.{visualCpp}";
    }

    private static Exception? Load()
    {
        Assembly torchSharp = typeof(DeviceType).Assembly;
        try
        {
            // TorchSharp meets a failed load by copying libtorch from the package cache into the application's folder
            // and by writing to the console, and it loses the loader's message. So the load is tried here first, in
            // TorchSharp's own order. In a notebook TorchSharp sits in the package cache and has to do that copying.
            if (torchSharp.Location.Length == 0 || torchSharp.Location.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal))
            {
                NativeLibrary.TryLoad("torch_cpu", torchSharp, null, out _);
                LoadTorchSharp(torchSharp);
            }

            torch.InitializeDeviceType(DeviceType.CPU);
            Remark = OneDnnSetup.Prepare(torchSharp, Environment.GetEnvironmentVariable(OneDnnSetup.Variable));
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or NotSupportedException)
        {
            return e;
        }
        catch (TypeInitializationException e)
        {
            return e.GetBaseException();
        }
    }

    private static void LoadTorchSharp(Assembly torchSharp)
    {
        try
        {
            NativeLibrary.Load("LibTorchSharp", torchSharp, null);
        }
        catch (DllNotFoundException failure) when (RelaxedLibrary.TryLoad(torchSharp, failure))
        {
            // TorchSharp finds the copy that was loaded instead.
        }
    }

    private static bool IsPartOfLibtorch(string library) =>
        library.StartsWith("libtorch", StringComparison.Ordinal)
        || library.StartsWith("libc10", StringComparison.Ordinal)
        || library.StartsWith("libgomp-", StringComparison.Ordinal);

    private static string BackendPackages() =>
        OperatingSystem.IsWindows() ? "TorchSharp-cpu or TorchSharp-cuda-windows"
        : OperatingSystem.IsLinux() ? "TorchSharp-cpu or TorchSharp-cuda-linux"
        : "TorchSharp-cpu";

    [GeneratedRegex(@"(?<library>[^\s/]+): version `(?<version>[^']+)' not found")]
    private static partial Regex MissingVersion();

    [GeneratedRegex(@"(?<library>[^\s/:]+): cannot open shared object file|Library not loaded: (\S*/)?(?<library>\S+)")]
    private static partial Regex MissingLibrary();
}
