namespace WebDemo.Serving;

/// <summary>A picture to try.</summary>
internal sealed record SampleAnswer(string Name, string Url);
