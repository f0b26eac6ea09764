namespace Experiments;

/// <summary>An experiment cannot be understood or gone on with; the message is for its author.</summary>
internal sealed class ExperimentException(string message, Exception? inner = null) : Exception(message, inner);
