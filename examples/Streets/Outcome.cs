namespace Streets;

/// <summary>What exit code each outcome of a command has: 0 success, 1 failure, 2 bad usage; errors are one line.</summary>
internal static class Outcome
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int BadUsage = 2;

    /// <summary>Runs a command's action and turns its exceptions into messages.</summary>
    public static int Of(Action action)
    {
        try
        {
            action();
            return Success;
        }
        catch (UsageException error)
        {
            return Report(BadUsage, error.Message);
        }
        catch (OperationCanceledException)
        {
            return Report(Failure, "Cancelled.");
        }
        catch (Exception error)
        {
            return Report(Failure, error.Message);
        }
    }

    public static int Report(int exitCode, string message)
    {
        // libtorch's messages go on with a native stack.
        string text = message.Split("Exception raised from", 2)[0];
        Console.Error.WriteLine("error: " + string.Join(' ', text.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
        return exitCode;
    }
}
