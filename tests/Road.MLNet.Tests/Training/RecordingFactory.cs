using Road.MLNet.Tests.Scoring;
using Road.Torch.Networks;

namespace Road.MLNet.Tests.Training;

/// <summary>A network that writes down the images it sees.</summary>
public sealed class RecordingFactory : SegmentationNetworkFactory
{
    public override string Name => "tiny-recording";

    public override SegmentationNetwork Create(int classCount) => new TinyNetwork(new RecordingBackbone(), classCount);

    public override Backbone CreateBackbone() => new RecordingBackbone();
}
