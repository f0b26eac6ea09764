namespace Streets;

/// <summary>A command cannot be run with these options; the message says which and why.</summary>
internal sealed class UsageException(string message, Exception? inner = null) : Exception(message, inner);
