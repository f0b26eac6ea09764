namespace Streets;

/// <summary>What a training's models are judged by on the way, and what follows from it.</summary>
/// <param name="Criterion">One of the names of <see cref="ChoiceOptions"/>.</param>
/// <param name="Patience">After how many evaluations without a better value the training ends; null for never.</param>
internal sealed record ModelChoice(string Criterion, int? Patience);
