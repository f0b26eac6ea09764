namespace Road.Examples;

/// <summary>A command was asked to end; the message says how far it came and what is kept.</summary>
internal sealed class InterruptedException(string message, OperationCanceledException inner)
    : OperationCanceledException(message, inner, inner.CancellationToken);
