namespace WebDemo.Segmentation;

/// <summary>How far the model is.</summary>
/// <param name="Status">
/// What people and programs are told: <c>starting</c>, <c>training</c>, <c>ready</c>, <c>failed</c> or <c>stopping</c>.
/// </param>
/// <param name="Progress">The part of the training that is done, 0 to 1; null where nothing is trained.</param>
/// <param name="Remark">What is being done, or what went wrong; null for nothing.</param>
internal sealed record ModelState(string Status, double? Progress, string? Remark)
{
    public const string Ready = "ready";

    public static ModelState Starting { get; } = new("starting", null, null);
}
