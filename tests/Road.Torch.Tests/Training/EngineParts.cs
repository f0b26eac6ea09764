using Road.Torch.Adaptation;
using Road.Torch.Training;

namespace Road.Torch.Tests.Training;

/// <summary>What an engine's adaptation methods made.</summary>
internal static class EngineParts
{
    public static SpatialAdaptation DomainClassifiers(this RoadEngine engine) =>
        engine.Adaptations.Select(static adaptation => adaptation.Adapter.Trained).OfType<SpatialAdaptation>().Single();

    public static T Adapter<T>(this RoadEngine engine)
        where T : Adapter => engine.Adaptations.Select(static adaptation => adaptation.Adapter).OfType<T>().Single();
}
