namespace Road.MLNet.Data;

/// <summary>Pixels that cannot be labels; whose they are is said where it is known.</summary>
/// <param name="message">What they are, as the end of a sentence.</param>
internal sealed class MaskFormException(string message) : Exception(message);
