namespace Road.Reliability.Fuzzing;

/// <summary>A sound file that mutations start from.</summary>
/// <param name="Name">Its name, whose ending the product may look at.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Form">What it is made of.</param>
internal sealed record FuzzSeed(string Name, byte[] Content, FuzzForm Form);
