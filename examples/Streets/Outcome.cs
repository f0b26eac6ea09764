namespace Streets;

/// <summary>
/// What exit code each outcome of a command has: 0 success, 1 failure, 2 bad usage, 128 and its number a signal; errors are one line.
/// </summary>
internal static class Outcome
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int BadUsage = 2;

    /// <summary>Runs a command's action, which signals ask to end, and turns its exceptions into messages.</summary>
    public static int Of(Action<CancellationToken> action)
    {
        using Interruption interruption = new();
        try
        {
            action(interruption.Token);
            return Success;
        }
        catch (Exception error) when (error is UsageException or FileClashException)
        {
            return Report(BadUsage, error.Message);
        }
        catch (OperationCanceledException error) when (interruption.ExitCode is { } exitCode)
        {
            Console.Error.WriteLine(error is InterruptedException ? error.Message : "Cancelled; nothing was written");
            return exitCode;
        }
        catch (Exception error)
        {
            return Report(Failure, error is ArgumentException argument ? OptionWords.Bare(argument) : error.Message);
        }
    }

    public static int Report(int exitCode, string message)
    {
        // libtorch's messages go on with a native stack.
        string text = OptionNames.InWords(message.Split("Exception raised from", 2)[0]);
        Console.Error.WriteLine(
            "error: " + string.Join(
                ' ', text.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
        return exitCode;
    }
}
