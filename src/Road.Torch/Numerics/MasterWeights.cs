using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Road.Torch;

/// <summary>
/// The float32 weights of modules that compute in bfloat16. A layer with parameters is turned into bfloat16; norms stay in
/// float32, and so does what has buffers, since statistics add up small numbers.
/// </summary>
internal sealed class MasterWeights : IDisposable
{
    private readonly List<(nn.Module Layer, Tensor[] Weights)> _layers = [];
    private readonly Dictionary<IntPtr, Tensor> _masters = [];

    /// <summary>Turns a module's layers into bfloat16. Their parameters become other objects.</summary>
    /// <param name="module">The module, its weights <c>float32</c>.</param>
    public void Convert(nn.Module module)
    {
        foreach (nn.Module layer in LayersOf(module))
        {
            Tensor[] weights = [.. layer.parameters().Select(static parameter => parameter.detach().clone().DetachFromDisposeScope())];
            Round(layer);
            foreach ((Parameter parameter, Tensor weight) in layer.parameters().Zip(weights))
            {
                _masters.Add(parameter.Handle, weight);
            }

            _layers.Add((layer, weights));
        }
    }

    /// <summary>Turns into bfloat16 what <see cref="Convert"/> does, and keeps no float32 weights.</summary>
    /// <param name="module">The module, its weights <c>float32</c>.</param>
    public static void RoundLayers(nn.Module module)
    {
        foreach (nn.Module layer in LayersOf(module))
        {
            Round(layer);
        }
    }

    /// <summary>The float32 weights behind a parameter, <c>float32</c>; null where it has none, since it is float32 itself.</summary>
    public Tensor? Of(Parameter parameter) => _masters.GetValueOrDefault(parameter.Handle);

    /// <summary>Gives the modules their float32 weights back.</summary>
    public void Dispose()
    {
        using IDisposable noGradient = no_grad();
        foreach ((nn.Module layer, Tensor[] weights) in _layers)
        {
            Parameter[] rounded = [.. layer.parameters()];
            layer.to(ScalarType.Float32);
            foreach ((Parameter parameter, Tensor weight) in layer.parameters().Zip(weights))
            {
                parameter.DetachFromDisposeScope();
                parameter.copy_(weight);
                weight.Dispose();
            }

            foreach (Parameter parameter in rounded)
            {
                parameter.Dispose();
            }
        }

        _layers.Clear();
        _masters.Clear();
    }

    private static IEnumerable<nn.Module> LayersOf(nn.Module module)
    {
        nn.Module[] children = [.. module.children()];
        if (module is GroupNorm or LayerNorm || module.buffers(recurse: false).Any() || children.Length > 0)
        {
            return children.SelectMany(LayersOf);
        }

        Parameter[] parameters = [.. module.parameters()];
        return parameters.Length > 0 && parameters.All(static parameter => parameter.dtype == ScalarType.Float32) ? [module] : [];
    }

    private static void Round(nn.Module layer)
    {
        Parameter[] originals = [.. layer.parameters()];
        layer.to(ScalarType.BFloat16);
        foreach (Parameter parameter in layer.parameters())
        {
            parameter.DetachFromDisposeScope();
        }

        foreach (Parameter original in originals)
        {
            original.Dispose();
        }
    }
}
