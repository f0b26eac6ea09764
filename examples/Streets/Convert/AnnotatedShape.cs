namespace Streets.Convert;

/// <summary>An area of an image that has a label.</summary>
/// <param name="Label">The label.</param>
/// <param name="Area">Marks the area in a mask.</param>
internal sealed record AnnotatedShape(string Label, IArea Area);
