using System.Globalization;
using System.Runtime.CompilerServices;
using Road.Torch;

namespace Road.MLNet.Data;

/// <summary>
/// The limit on an image's width times height, by which a file of a few bytes that claims to be huge is refused before memory is taken
/// for it.
/// </summary>
internal static class PixelLimit
{
    /// <summary>What is allowed unless a user says otherwise, 2^28: an image of 16384 x 16384, 1 GiB once decoded.</summary>
    public const int Default = 1 << 28;

    /// <summary>The highest limit that can be set: four bytes a pixel, in one array.</summary>
    public const int Highest = 536_870_911;

    /// <summary>Checks a limit that a user sets.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1 or more than <see cref="Highest"/>.</exception>
    public static int CheckOption(int value, [CallerMemberName] string property = "") => OptionGuard.Between(value, 1, Highest, property);

    /// <summary>Checks a size that a file states.</summary>
    /// <param name="width">The width in pixels.</param>
    /// <param name="height">The height in pixels.</param>
    /// <param name="limit">The most pixels.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public static string? FindFault(int width, int height, int limit) => (long)width * height <= limit
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"its size of {width} x {height} is {(long)width * height} pixels, more than the limit of {limit}");
}
