using Microsoft.ML;

namespace Road.MLNet;

/// <summary>Adds loading of segmentation networks, for one call an image, to <see cref="MLContext.Model"/>.</summary>
public static class SegmentationModelExtensions
{
    extension(ModelOperationsCatalog catalog)
    {
        /// <summary>
        /// Loads a saved model for scoring images one by one, see <see cref="RoadTransformer.Segment(string, CancellationToken)"/>. The
        /// file's digest is compared first, as <see cref="VerifiedModelExtensions.LoadVerified"/> does. Steps of the model beside the
        /// network, such as those that load images, are left out.
        /// </summary>
        /// <param name="path">The model's file.</param>
        /// <returns>The network; the caller disposes it.</returns>
        /// <exception cref="FileNotFoundException">There is no such file.</exception>
        /// <exception cref="IOException">It is no regular file, or cannot be read.</exception>
        /// <exception cref="InvalidDataException">
        /// The file is damaged, or holds no segmentation network, or several; the message names it.
        /// </exception>
        public RoadTransformer LoadSegmentation(string path)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ITransformer model = catalog.LoadVerified(path, out _);
            return TakeFrom(model, $"model file '{path}'");
        }

        /// <summary>
        /// Loads a model from a stream, as <see cref="LoadSegmentation(ModelOperationsCatalog, string)"/> does from a file.
        /// </summary>
        /// <param name="stream">The model, from the stream's position on; it stays open.</param>
        /// <returns>The network; the caller disposes it.</returns>
        /// <exception cref="InvalidDataException">The stream is damaged, or holds no segmentation network, or several.</exception>
        public RoadTransformer LoadSegmentation(Stream stream)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentNullException.ThrowIfNull(stream);
            ITransformer model;
            try
            {
                model = catalog.Load(stream, out _);
            }
            catch (Exception error)
            {
                // ML.NET wraps what a transformer says while loading in general words; the cause lies at the bottom.
                throw new InvalidDataException(
                    $"The model stream cannot be loaded: {error.GetBaseException().Message.TrimEnd('.')}.", error);
            }

            return TakeFrom(model, "model stream");
        }
    }

    private static RoadTransformer TakeFrom(ITransformer model, string subject)
    {
        RoadTransformer[] found = [.. RoadTransformerExtensions.Find(model)];
        if (found.Length == 1)
        {
            return found[0];
        }

        (model as IDisposable)?.Dispose();
        throw new InvalidDataException($"The {subject} must hold one segmentation network, and it holds {found.Length}.");
    }
}
