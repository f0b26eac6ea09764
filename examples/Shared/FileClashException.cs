namespace Road.Examples;

/// <summary>A command would write over what it reads, or write one file twice; the message says which.</summary>
internal sealed class FileClashException(string message) : Exception(message);
