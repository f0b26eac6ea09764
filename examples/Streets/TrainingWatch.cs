namespace Streets;

/// <summary>What is written of a training while it runs.</summary>
/// <param name="TensorBoard">The folder of TensorBoard's event files; null for none.</param>
/// <param name="Report">The HTML page; null for none.</param>
/// <param name="Measured">The labelled target images that the models on the way are measured on; null for none.</param>
internal sealed record TrainingWatch(string? TensorBoard, string? Report, StreetsData? Measured)
{
    /// <summary>Whether anything is written.</summary>
    public bool IsWanted => TensorBoard is not null || Report is not null;
}
