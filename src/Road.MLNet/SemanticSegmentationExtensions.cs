using Microsoft.ML;

namespace Road.MLNet;

/// <summary>Adds semantic segmentation to <see cref="MLContext"/>.</summary>
public static class SemanticSegmentationExtensions
{
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
