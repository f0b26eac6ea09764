namespace Streets;

/// <summary>A value that has a word on the command line, which help shows for it.</summary>
/// <param name="Text">The word.</param>
/// <param name="Value">What it stands for.</param>
internal sealed record Word<T>(string Text, T Value)
{
    public override string ToString() => Text;
}
