using System.Runtime.InteropServices;

namespace Road.Examples;

/// <summary>
/// What asks a running command to end: Ctrl+C, a request to terminate, or the end of its terminal. The first cancels a token, so that
/// the step in hand ends and the state is kept; a second ends the program at once. What the program was started to ignore, as
/// <c>nohup</c> does, stays ignored.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _exitCode;

    public Interruption()
    {
        PosixSignal[] signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
        _registrations = [.. signals.Select(signal => PosixSignalRegistration.Create(signal, Handle))];
    }

    /// <summary>Is cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>What shells take for the end by the signal that came, 128 and its number; null where none came.</summary>
    public int? ExitCode => Volatile.Read(ref _exitCode) is > 0 and int code ? code : null;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        int code = 128 + context.Signal switch
        {
            PosixSignal.SIGHUP => 1,
            PosixSignal.SIGINT => 2,
            _ => 15,
        };
        if (Interlocked.CompareExchange(ref _exitCode, code, 0) == 0)
        {
            context.Cancel = true;
            _source.Cancel();
        }
    }
}
