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
        if (module is GroupNorm or LayerNorm || module.buffers(recurse: false).Any())
        {
            ConvertChildren(module);
            return;
        }

        nn.Module[] children = [.. module.children()];
        if (children.Length > 0)
        {
            ConvertChildren(module);
            return;
        }

        Parameter[] originals = [.. module.parameters()];
        if (originals.Length == 0 || originals.Any(static parameter => parameter.dtype != ScalarType.Float32))
        {
            return;
        }

        Tensor[] weights = [.. originals.Select(static parameter => parameter.detach().clone().DetachFromDisposeScope())];
        module.to(ScalarType.BFloat16);
        foreach ((Parameter parameter, Tensor weight) in module.parameters().Zip(weights))
        {
            parameter.DetachFromDisposeScope();
            _masters.Add(parameter.Handle, weight);
        }

        foreach (Parameter original in originals)
        {
            original.Dispose();
        }

        _layers.Add((module, weights));
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

    private void ConvertChildren(nn.Module module)
    {
        foreach (nn.Module child in module.children())
        {
            Convert(child);
        }
    }
}
