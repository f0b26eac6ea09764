using Road.Torch.Scoring;

namespace Streets;

/// <summary>How a model scores images.</summary>
/// <param name="Device">What to compute on; null for the best that is there.</param>
/// <param name="Change">Gives the options, from those that the model was saved with.</param>
internal sealed record ScoreChoice(StreetsDevice? Device, Func<ScoringOptions, ScoringOptions> Change);
