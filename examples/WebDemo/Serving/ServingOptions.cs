using System.Globalization;
using System.Runtime.CompilerServices;

namespace WebDemo.Serving;

/// <summary>What a request may cost. Every property checks its value when it is set.</summary>
internal sealed class ServingOptions
{
    private const int MiB = 1 << 20;

    /// <summary>The most bytes that a picture's file may have: 1,024 to 1 GiB, 20 MiB by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int MaxBytes
    {
        get;
        set => field = Between(value, 1024, 1024 * MiB);
    } = 20 * MiB;

    /// <summary>The most pixels, width times height, that a picture may have: 1 to 2^28, 50 million by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int MaxPixels
    {
        get;
        set => field = Between(value, 1, 1 << 28);
    } = 50_000_000;

    /// <summary>
    /// The most pixels that the network sees: 4,096 to 2^26, 2^20 by default. A larger picture is scaled down for the network, and its mask
    /// up again: a photo of a phone has more pixels than any network was trained on, and takes gigabytes.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int NetworkPixels
    {
        get;
        set => field = Between(value, 4096, 1 << 26);
    } = MiB;

    /// <summary>The seconds from a request's start to its answer, waiting included: 1 to 3,600, 60 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int TimeoutSeconds
    {
        get;
        set => field = Between(value, 1, 3600);
    } = 60;

    /// <summary>The requests that may wait for those in work: 0 to 10,000, 32 by default. Their files lie in memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int QueueLength
    {
        get;
        set => field = Between(value, 0, 10_000);
    } = 32;

    /// <summary>The pictures in work at a time: 1 to 64, 1 by default, whose layers then use all cores.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Workers
    {
        get;
        set => field = Between(value, 1, 64);
    } = 1;

    /// <summary>The threads of each worker: 1 to 256; by default the cores divided among the workers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Threads
    {
        get => field == 0 ? Math.Max(1, Environment.ProcessorCount / Workers) : field;
        set => field = Between(value, 1, 256);
    }

    private static int Between(int value, int least, int most, [CallerMemberName] string property = "") => value >= least && value <= most
        ? value
        : throw new ArgumentOutOfRangeException(
            null, string.Create(CultureInfo.InvariantCulture, $"{property} must be {least:N0} to {most:N0}, not {value:N0}."));
}
