namespace Streets;

/// <summary>What a training's models are judged by on the way, and what follows from it.</summary>
/// <param name="Criterion">One of the names of <see cref="ChoiceOptions"/>.</param>
/// <param name="Validation">The labelled images of the target domain; null where the criterion needs none.</param>
/// <param name="Patience">After how many evaluations without a better value the training ends; null for never.</param>
internal sealed record ModelChoice(string Criterion, StreetsData? Validation, int? Patience);
