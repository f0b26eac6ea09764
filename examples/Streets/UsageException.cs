namespace Streets;

/// <summary>An option's value makes no sense; the message says which and why.</summary>
internal sealed class UsageException(string message, Exception inner) : Exception(message, inner);
