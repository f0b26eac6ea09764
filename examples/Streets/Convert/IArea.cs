namespace Streets.Convert;

/// <summary>An area of an image.</summary>
internal interface IArea
{
    /// <summary>Gives the pixels of the area a value.</summary>
    /// <param name="canvas">The mask.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="InvalidDataException">The area does not fit the mask.</exception>
    void Draw(MaskCanvas canvas, byte value);
}
