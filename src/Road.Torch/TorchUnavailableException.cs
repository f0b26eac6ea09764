namespace Road.Torch;

/// <summary>
/// libtorch could not be loaded. The message names the package to add, or the library or library version that the
/// system lacks; the inner exception holds what the system's loader said.
/// </summary>
public sealed class TorchUnavailableException : InvalidOperationException
{
    /// <summary>Creates the exception with a message that names the remedy.</summary>
    /// <param name="message">What is missing and what to do about it.</param>
    public TorchUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message that names the remedy, and its cause.</summary>
    /// <param name="message">What is missing and what to do about it.</param>
    /// <param name="innerException">The failure to load.</param>
    public TorchUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception with a general message.</summary>
    public TorchUnavailableException()
        : this("libtorch could not be loaded.")
    {
    }
}
