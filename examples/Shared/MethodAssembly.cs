using System.Reflection;
using Road.Torch.Training;

namespace Road.Examples;

/// <summary>Adaptation methods of a user's own, in an assembly that the program does not know.</summary>
internal static class MethodAssembly
{
    /// <summary>Gives each method of an assembly its own name as a variant.</summary>
    /// <param name="path">The assembly's file; what it needs lies beside it.</param>
    /// <returns>The variants' names.</returns>
    /// <exception cref="ArgumentException">It has no methods, or is no assembly; the message names the file.</exception>
    /// <exception cref="FileNotFoundException">It is missing.</exception>
    public static IReadOnlyList<string> Load(string path)
    {
        string full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new FileNotFoundException($"The assembly of adaptation methods '{path}' does not exist.", path);
        }

        Assembly assembly;
        try
        {
            assembly = Assembly.LoadFrom(full);
        }
        catch (BadImageFormatException error)
        {
            throw new ArgumentException($"'{path}' is no .NET assembly that this program can load.", nameof(path), error);
        }

        return AdaptationVariants.AddFrom(assembly);
    }
}
