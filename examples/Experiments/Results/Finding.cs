namespace Experiments.Results;

/// <summary>Something that the results say, in words of whoever looked at them: an entry of <c>findings.json</c>.</summary>
/// <param name="Title">What was found.</param>
/// <param name="Text">The numbers that say so, and what else would have been seen if it were not so.</param>
internal sealed record Finding(string Title, string Text);
