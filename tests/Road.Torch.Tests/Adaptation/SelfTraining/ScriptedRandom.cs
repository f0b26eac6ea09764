namespace Road.Torch.Tests.Adaptation.SelfTraining;

/// <summary>Draws what it is told, and fails where something else is asked for.</summary>
internal sealed class ScriptedRandom(params double[] draws) : Random
{
    private int _next;

    public bool IsUsedUp => _next == draws.Length;

    public override double NextDouble() => draws[_next++];

    public override int Next(int minValue, int maxValue)
    {
        int drawn = (int)draws[_next++];
        Assert.IsTrue(drawn >= minValue && drawn < maxValue, $"{drawn} of {minValue} to {maxValue}");
        return drawn;
    }
}
