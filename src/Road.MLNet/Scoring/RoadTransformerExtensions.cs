using Microsoft.ML;

namespace Road.MLNet;

/// <summary>Gets the segmentation network out of whatever model it is part of.</summary>
public static class RoadTransformerExtensions
{
    extension(ITransformer model)
    {
        /// <summary>The segmentation network in a model: the model itself, or the one in its chain, however deep.</summary>
        /// <returns>The network, which stays the model's: disposing one disposes the other.</returns>
        /// <exception cref="ArgumentException">The model has no <see cref="RoadTransformer"/> in it, or several.</exception>
        public RoadTransformer GetRoadTransformer()
        {
            ArgumentNullException.ThrowIfNull(model);
            RoadTransformer[] found = [.. Find(model)];
            return found.Length == 1
                ? found[0]
                : throw new ArgumentException(
                    $"The model must have one {nameof(RoadTransformer)} in it, and it has {found.Length}.", nameof(model));
        }
    }

    /// <summary>The networks in a model.</summary>
    internal static IEnumerable<RoadTransformer> Find(ITransformer model) => model switch
    {
        RoadTransformer transformer => [transformer],
        IEnumerable<ITransformer> chain => chain.SelectMany(Find),
        _ => [],
    };
}
