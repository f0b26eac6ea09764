namespace Streets.Convert;

/// <summary>What a labelling tool says of an image.</summary>
/// <param name="Name">The image's name, with folders where the tool has them.</param>
/// <param name="Width">The width that the tool knows, in pixels; 0 where it does not say.</param>
/// <param name="Height">The height that the tool knows, in pixels; 0 where it does not say.</param>
/// <param name="Shapes">The shapes, those that lie above later.</param>
internal sealed record AnnotatedImage(string Name, int Width, int Height, IReadOnlyList<AnnotatedShape> Shapes)
{
    /// <summary>Whether what no shape covers is meant to be ignored, as the border that Pascal VOC draws around objects.</summary>
    public bool IgnoresRest { get; init; }
}
