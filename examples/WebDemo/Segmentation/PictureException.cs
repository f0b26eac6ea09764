namespace WebDemo.Segmentation;

/// <summary>A picture that cannot be segmented, for a reason that the one who sent it is told.</summary>
internal sealed class PictureException(PictureFault fault, string message, Exception? cause = null) : Exception(message, cause)
{
    public PictureFault Fault { get; } = fault;
}
