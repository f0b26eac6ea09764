namespace QuickStart.Pretraining;

/// <summary>How the classifier came out.</summary>
/// <param name="Accuracy">The share of unseen pictures whose kind it names, 0 to 1.</param>
/// <param name="KindCount">The number of kinds.</param>
/// <param name="PictureCount">The number of pictures it learned from.</param>
/// <param name="Iterations">The number of steps.</param>
/// <param name="Time">How long it took.</param>
internal sealed record PretrainingResult(double Accuracy, int KindCount, int PictureCount, int Iterations, TimeSpan Time);
