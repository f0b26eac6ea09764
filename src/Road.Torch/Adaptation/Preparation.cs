namespace Road.Torch.Adaptation;

/// <summary>What methods that learn from source crops before the first step say when they could not.</summary>
internal static class Preparation
{
    public static InvalidOperationException Missing(string method) =>
        new($"{method} learns from source crops before the first step: call RoadEngine.Prepare.");

    public static InvalidOperationException NoLabels(string method) =>
        new(
            $"No pixel of the source crops that {method} prepares itself with belongs to a class. Check the label encoding against the "
            + "masks' pixel values.");
}
