using System.Globalization;
using System.Reflection;
using System.Runtime.Intrinsics.X86;

namespace Road.Torch.OneDnn;

/// <summary>
/// Makes libtorch's oneDNN compute rightly on processors that hide their caches. oneDNN 3.7 plans its work by the sizes of the caches;
/// where an AMD processor answers zeros, as under some hypervisors, it divides by zero in some layers, and in others multiplies
/// memory that nothing wrote. Told the caches' sizes, it computes as it does elsewhere; where that cannot be told, it is switched off.
/// </summary>
internal static class OneDnnSetup
{
    /// <summary>
    /// The environment variable that overrules what is found out: <c>on</c> leaves oneDNN as it is, <c>off</c> switches it off.
    /// </summary>
    public const string Variable = "ROAD_ONEDNN";

    /// <summary>Whether it was switched off.</summary>
    public static bool IsOff { get; private set; }

    /// <summary>Prepares oneDNN and NNPACK for this processor.</summary>
    /// <param name="torchSharp">TorchSharp's assembly, libtorch loaded.</param>
    /// <param name="setting">The environment variable's value; null where it is not set.</param>
    /// <returns>What was done and why; null where there was nothing to do.</returns>
    /// <exception cref="InvalidOperationException">The setting is neither <c>on</c> nor <c>off</c>.</exception>
    public static string? Prepare(Assembly torchSharp, string? setting)
    {
        OneDnnLibrary? library = OneDnnLibrary.Find(torchSharp);
        bool areHidden = ProcessorCaches.AreHidden;

        // NNPACK wants these instructions and to know the caches; where it cannot run it says so anew in each of its layers.
        if (X86Base.IsSupported && (areHidden || !Avx2.IsSupported || !Fma.IsSupported))
        {
            library?.SwitchOffNnpack();
        }

        return setting?.ToUpperInvariant() switch
        {
            "ON" => $"oneDNN is left as it is, as {Variable} says.",
            "OFF" => SwitchOff(library, $"{Variable} says so"),
            not null and not "" =>
                throw new InvalidOperationException($"The environment variable {Variable} is '{setting}'; it must be on or off."),
            _ => areHidden ? Tell(library) ?? SwitchOff(library, "this processor hides the sizes of its caches") : null,
        };
    }

    private static string? Tell(OneDnnLibrary? library)
    {
        if (library is null)
        {
            return null;
        }

        Span<uint> words = library.FindProcessorRecord();
        if (words.IsEmpty)
        {
            return null;
        }

        ProcessorRecord record = new(words);
        if (!record.IsOfHiddenCaches)
        {
            return null;
        }

        ProcessorCaches caches = ProcessorCaches.FromOlderLeaves();
        record.Caches = caches;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"This processor hides the sizes of its caches, without which oneDNN computes wrongly; it was told {caches.Level1 >> 10}, "
            + $"{caches.Level2 >> 10} and {caches.Level3 >> 10} KiB a core.");
    }

    private static string SwitchOff(OneDnnLibrary? library, string why)
    {
        IsOff = library?.SwitchOff() == true;
        return IsOff
            ? $"oneDNN is off, since {why}; convolutions take several times as long."
            : $"oneDNN should be off, since {why}, but this libtorch has no switch for it: results may be wrong.";
    }
}
