using System.Collections.Concurrent;
using Road.MLNet.Tests.Scoring;
using Road.Torch.Networks;
using static TorchSharp.torch.nn;

namespace Road.MLNet.Tests.Training;

/// <summary>A network that writes down the images it sees; its factory, what it made.</summary>
public sealed class RecordingFactory : SegmentationNetworkFactory
{
    private readonly ConcurrentQueue<Module> _created = new();

    public override string Name => "tiny-recording";

    public override SegmentationNetwork Create(int classCount) => Remember(new TinyNetwork(new RecordingBackbone(), classCount));

    public override Backbone CreateBackbone() => Remember(new RecordingBackbone());

    /// <summary>The modules whose parameters are not freed.</summary>
    internal Module[] Alive() => [.. _created.Where(module => module.parameters().Any(parameter => !parameter.IsInvalid))];

    /// <summary>The number of modules made.</summary>
    internal int Created() => _created.Count;

    private T Remember<T>(T module)
        where T : Module
    {
        _created.Enqueue(module);
        return module;
    }
}
