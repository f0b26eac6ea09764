using System.IO.Compression;
using System.Reflection;
using Microsoft.ML;
using Road.MLNet;

namespace Road.Benchmarks;

/// <summary>The budgets of model files: saving and loading over ML.NET's own container with the same bytes.</summary>
internal static class ModelFileBudgets
{
    private const string Network = "deeplab-resnet18";

    /// <summary>The budgets.</summary>
    public static IEnumerable<Budget> All =>
    [
        new("saving a model over ML.NET's container storing the same bytes", 1.15, static settings => Measure(settings, saves: true)),
        new("loading a model over ML.NET's container reading the same bytes", 1.15, static settings => Measure(settings, saves: false)),
    ];

    private static double Measure(BudgetSettings settings, bool saves)
    {
        MLContext ml = new(1);
        using RoadTransformer transformer = TrainedTransformer.Create(ml, Network, "Photo");
        using MemoryStream model = new();
        ml.Model.Save(transformer, null, model);
        byte[] weights = Weights(model);
        using MemoryStream container = new();
        Store(container, weights);
        return saves
            ? Alternation.Ratio(
                settings.Rounds, () => Rewind(model, stream => ml.Model.Save(transformer, null, stream)), () => Rewind(
                    container, stream => Store(stream, weights)))
            : Alternation.Ratio(
                settings.Rounds, () => Rewind(model, stream => ((IDisposable)ml.Model.Load(stream, out _)).Dispose()), () => Rewind(
                    container, stream => Read(stream, weights)));
    }

    private static void Rewind(MemoryStream stream, Action<Stream> use)
    {
        stream.Position = 0;
        use(stream);
    }

    private static byte[] Weights(MemoryStream model)
    {
        using ZipArchive zip = new(model, ZipArchiveMode.Read, leaveOpen: true);
        using Stream entry = zip.Entries.Single(static file => file.Name.EndsWith(".safetensors", StringComparison.Ordinal)).Open();
        using MemoryStream bytes = new();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static void Store(Stream stream, byte[] bytes)
    {
        using IDisposable writer = Container("RepositoryWriter", "CreateNew", stream);
        using (IDisposable entry = Entry(writer, "CreateEntry", out Stream content))
        {
            content.Write(bytes);
        }

        writer.GetType().GetMethod("Commit")!.Invoke(writer, null);
    }

    private static void Read(Stream stream, byte[] bytes)
    {
        using IDisposable reader = Container("RepositoryReader", "Open", stream);
        using IDisposable entry = Entry(reader, "OpenEntry", out Stream content);
        content.ReadExactly(bytes);
    }

    // ML.NET's container is internal, and a model's other parts would count too if one of its own models were saved.
    private static IDisposable Container(string type, string factory, Stream stream)
    {
        MethodInfo method = typeof(MLContext).Assembly.GetReferencedAssemblies().Select(Assembly.Load).Append(typeof(MLContext).Assembly)
            .Select(assembly => assembly.GetType($"Microsoft.ML.{type}")).OfType<Type>().First()
            .GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.NonPublic)
            .First(candidate => candidate.Name == factory && candidate.GetParameters()[0].ParameterType == typeof(Stream));
        object?[] arguments = [
            .. method.GetParameters().Select(
                (parameter, index) => index == 0 ? stream : parameter.ParameterType == typeof(bool) ? (object?)true : null)];
        return (IDisposable)method.Invoke(null, arguments)!;
    }

    private static IDisposable Entry(object container, string opener, out Stream content)
    {
        const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;
        MethodInfo method = container.GetType().GetMethods(Any)
            .First(candidate => candidate.Name == opener && candidate.GetParameters() is [{ ParameterType: Type only }]
                && only == typeof(string));
        object entry = method.Invoke(container, ["weights"])!;
        content = (Stream)entry.GetType().GetProperty("Stream", Any)!.GetValue(entry)!;
        return (IDisposable)entry;
    }
}
