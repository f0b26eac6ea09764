using Microsoft.ML;
using Road.Files;
using Road.MLNet.Interop;

namespace Road.MLNet;

/// <summary>Adds loading that checks the whole file first to <see cref="MLContext.Model"/>.</summary>
public static class VerifiedModelExtensions
{
    extension(ModelOperationsCatalog catalog)
    {
        /// <summary>
        /// Loads a model as <c>Load</c> does, after comparing the whole file with the digest that every model with a transformer of this
        /// library carries. <c>Load</c> compares too, but only when it comes to such a transformer, after ML.NET has read its own parts;
        /// what ML.NET says of damage there names neither file nor cause. A model of an earlier version, which carries none, is loaded with
        /// a warning, and its archive's checksums are looked at.
        /// </summary>
        /// <param name="path">The model's file.</param>
        /// <param name="inputSchema">The columns that the model was saved with; null for none.</param>
        /// <returns>The model.</returns>
        /// <exception cref="FileNotFoundException">There is no such file.</exception>
        /// <exception cref="IOException">It is no regular file, or cannot be read.</exception>
        /// <exception cref="InvalidDataException">
        /// The file is damaged, or holds no transformer of this library; the message names it.
        /// </exception>
        public ITransformer LoadVerified(string path, out DataViewSchema? inputSchema)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentException.ThrowIfNullOrEmpty(path);
            using FileStream stream = InputFile.Open(path, "model file");
            try
            {
                if (stream.Length == 0)
                {
                    throw new InvalidDataException("it is empty");
                }

                ModelSealState state = ModelSeal.Verify(stream);
                ITransformer model = catalog.Load(stream, out inputSchema);
                if (state == ModelSealState.Verified || HasOwn(model))
                {
                    return model;
                }

                (model as IDisposable)?.Dispose();
                throw new InvalidDataException("it carries no digest and holds no transformer of Road.MLNet");
            }
            catch (Exception error)
            {
                // ML.NET wraps what a transformer says while loading in general words; the cause lies at the bottom.
                throw new InvalidDataException(
                    $"The model file '{path}' cannot be loaded: {error.GetBaseException().Message.TrimEnd('.')}.", error);
            }
        }
    }

    private static bool HasOwn(ITransformer model) => model switch
    {
        ISealedTransformer => true,
        IEnumerable<ITransformer> chain => chain.Any(HasOwn),
        _ => false,
    };
}
