#pragma warning disable CA1812, CA1822 // Nothing here runs: it is read.
namespace Road.MLNet.Tests.Architecture;

internal interface IExample;

internal enum ExampleKind
{
    One,
}

internal class ExampleBase;

internal sealed class ExampleException : Exception;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class ExampleAttribute(Type type) : Attribute
{
    public Type Type { get; } = type;
}

internal sealed class Example
{
    public static int Count => 1;
}

internal sealed class NamesBase : ExampleBase;

internal sealed class NamesInterface : IExample;

internal sealed class NamesField
{
    public ExampleKind Kind = ExampleKind.One;
}

internal sealed class NamesParameter
{
    public void Take(Dictionary<string, Example[]>? value) => _ = value;
}

internal sealed class NamesConstraint<T>
    where T : ExampleBase
{
    public T? Value { get; init; }
}

[Example(typeof(ExampleKind))]
internal sealed class NamesAttribute;

internal sealed class NamesCall
{
    public int Count() => Example.Count;
}

internal sealed class NamesCatch
{
    public bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (ExampleException)
        {
            return false;
        }
    }
}

internal sealed class NamesLambda
{
    public Func<object> Create() => static () => new Example();
}

internal sealed class NamesIterator
{
    public IEnumerable<object> List()
    {
        yield return new Example();
    }
}

internal sealed class NamesAsync
{
    public async Task<object> Wait()
    {
        await Task.Yield();
        return new Example();
    }
}

internal sealed class NamesNested
{
    public sealed class Inner
    {
        public object Create() => new Example();
    }
}

internal sealed class NamesNothing
{
    public Func<string> Text() => static () => nameof(Example);
}
