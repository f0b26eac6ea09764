namespace WebDemo.Serving;

/// <summary>Whether pictures are segmented now.</summary>
internal sealed record HealthAnswer(string Status);
