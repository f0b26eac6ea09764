namespace WebDemo.Serving;

/// <summary>A request that is refused, for a reason that the one who sent it is told.</summary>
/// <param name="status">The status code of the answer.</param>
/// <param name="message">The reason, a sentence.</param>
/// <param name="retryAfter">The seconds after which another try may succeed; null for never.</param>
internal sealed class RequestException(int status, string message, int? retryAfter = null) : Exception(message)
{
    public int Status { get; } = status;

    public int? RetryAfter { get; } = retryAfter;
}
