using Microsoft.ML;
using Road.Torch;
using Road.Torch.Weights;

namespace Road.Reliability.Fuzzing;

/// <summary>A kind of file that users give the product.</summary>
/// <param name="name">Its name on the command line.</param>
internal abstract class FuzzKind(string name)
{
    private static readonly HashSet<Type> Refusals =
    [
        typeof(InvalidDataException),
        typeof(FormatException),
        typeof(IOException),
        typeof(EndOfStreamException),
        typeof(FileNotFoundException),
        typeof(DirectoryNotFoundException),
        typeof(NotSupportedException),
        typeof(InvalidOperationException),
        typeof(WeightsMismatchException),
        typeof(Experiments.ExperimentException),
    ];

    // Where one of these lies below, nobody foresaw what the file holds.
    private static readonly HashSet<Type> Accidents =
    [
        typeof(NullReferenceException),
        typeof(IndexOutOfRangeException),
        typeof(OutOfMemoryException),
        typeof(AccessViolationException),
        typeof(InvalidCastException),
        typeof(KeyNotFoundException),
        typeof(DivideByZeroException),
        typeof(ArithmeticException),
        typeof(InsufficientExecutionStackException),
        typeof(ObjectDisposedException),
        typeof(NotImplementedException),
    ];

    /// <summary>The name on the command line.</summary>
    public string Name => name;

    /// <summary>The sound files that mutations start from.</summary>
    public IReadOnlyList<FuzzSeed> Seeds { get; protected init; } = [];

    /// <summary>Where the mutated file lies, by the name of the sound one.</summary>
    public virtual string PlaceOf(FuzzSeed seed, string folder) => Path.Combine(folder, seed.Name);

    /// <summary>Whether a mutated file says what the sound one says, so that nothing can be noticed.</summary>
    public virtual bool IsSame(FuzzSeed seed, byte[] mutated) => seed.Content.AsSpan().SequenceEqual(mutated);

    /// <summary>Uses a file as a user would.</summary>
    /// <returns>What is wrong with what came of it, or null.</returns>
    public abstract string? Use(FuzzSeed seed, string path);

    /// <summary>What is wrong with an error as the answer to a damaged file, or null.</summary>
    public virtual string? FindFault(Exception error, FuzzSeed seed, string path)
    {
        if (!Refusals.Contains(error.GetType()) || Accidents.Contains(error.GetBaseException().GetType()))
        {
            return "no error for a user";
        }

        return error.Message.Contains(Path.GetFileName(path), StringComparison.Ordinal) ? null : "the error does not name the file";
    }

    /// <summary>A context whose messages go nowhere.</summary>
    protected static MLContext CreateContext()
    {
        TorchRuntime.EnsureAvailable();
        return new MLContext(1);
    }
}
