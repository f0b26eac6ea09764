using System.ComponentModel;

namespace WebDemo.Serving;

/// <summary>What is said of a picture.</summary>
/// <param name="Width">The picture's width in pixels, upright.</param>
/// <param name="Height">The picture's height in pixels, upright.</param>
/// <param name="NetworkWidth">The width that the network saw.</param>
/// <param name="NetworkHeight">The height that the network saw.</param>
/// <param name="Milliseconds">How long decoding and network took.</param>
/// <param name="Classes">All classes, in the order of their numbers.</param>
/// <param name="Pixels">
/// Where it was asked for, a PNG file as base64, in the size that the network saw: red is the class's number, green its probability,
/// 0 to 255.
/// </param>
internal sealed record SegmentAnswer(
    [property: Description("The picture's width in pixels, upright.")] int Width,
    [property: Description("The picture's height in pixels, upright.")] int Height,
    [property: Description("The width that the network saw.")] int NetworkWidth,
    [property: Description("The height that the network saw.")] int NetworkHeight,
    [property: Description("How long decoding and network took.")] double Milliseconds,
    [property: Description("All classes, in the order of their numbers.")] IReadOnlyList<ClassAnswer> Classes,
    [property: Description("With ?pixels=true a PNG as base64, of the network's size: red is the class's number, green its probability.")]
    byte[]? Pixels);
