using Microsoft.ML;

namespace Road.MLNet;

/// <summary>Adds semantic segmentation to <see cref="MLContext"/>.</summary>
public static class SemanticSegmentationExtensions
{
    /// <summary>
    /// The same as the property <c>SemanticSegmentation</c>, for languages that know no extension properties: F#, Visual Basic and C# up to
    /// version 13.
    /// </summary>
    /// <param name="context">The context.</param>
    /// <returns>The catalog.</returns>
    public static SemanticSegmentationCatalog GetSemanticSegmentation(this MLContext context) => context.SemanticSegmentation;

    extension(MLContext context)
    {
        /// <summary>Trainers and evaluation of semantic segmentation.</summary>
        public SemanticSegmentationCatalog SemanticSegmentation
        {
            get
            {
                ArgumentNullException.ThrowIfNull(context);
                return new SemanticSegmentationCatalog(context);
            }
        }
    }
}
