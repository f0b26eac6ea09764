using Microsoft.ML;
using Road.Torch.Data;

namespace Road.MLNet;

/// <summary>Adds the export of trained segmentation models to <see cref="MLContext.Model"/>.</summary>
public static class OnnxModelExtensions
{
    extension(ModelOperationsCatalog catalog)
    {
        /// <summary>
        /// Writes the segmentation network of a model as an ONNX file, see <see cref="RoadTransformer.SaveAsOnnx"/>. Steps that
        /// load images are left out: the file's input is an image's pixels.
        /// </summary>
        /// <param name="model">A <see cref="RoadTransformer"/>, or a chain with one in it, trained or loaded.</param>
        /// <param name="path">The file to write; its folder must exist.</param>
        /// <param name="imageSize">The size of the one image that a run takes; null leaves number and size of images free.</param>
        /// <exception cref="ArgumentException">The model has no <see cref="RoadTransformer"/> in it, or several.</exception>
        /// <exception cref="NotSupportedException">The network does not describe itself, or is larger than 2 GB.</exception>
        /// <exception cref="IOException">The file cannot be written.</exception>
        public void SaveAsOnnx(ITransformer model, string path, ImageSize? imageSize = null)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentNullException.ThrowIfNull(model);
            model.GetRoadTransformer().SaveAsOnnx(path, imageSize);
        }
    }
}
