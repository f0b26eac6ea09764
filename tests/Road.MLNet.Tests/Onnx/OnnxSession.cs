using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Road.Torch.Data;

namespace Road.MLNet.Tests.Onnx;

/// <summary>An exported model in ONNX Runtime, on one thread.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;

    public OnnxSession(string file)
    {
        using SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1 };

        // Copies of the weights in another layout cost more than these few runs gain.
        options.AddSessionConfigEntry("session.disable_prepacking", "1");
        _session = new InferenceSession(file, options);
    }

    public ModelMetadata Metadata => _session.ModelMetadata;

    public NodeMetadata Input => _session.InputMetadata["image"];

    public NodeMetadata Output => _session.OutputMetadata["mask"];

    /// <summary>The masks of images of one size, one after the other.</summary>
    public byte[] Run(params IReadOnlyList<DecodedSample> images)
    {
        int width = images[0].Width;
        int height = images[0].Height;
        DenseTensor<float> pixels = new([images.Count, 3, height, width]);
        for (int n = 0; n < images.Count; n++)
        {
            for (int i = 0; i < images[n].Pixels.Length; i++)
            {
                pixels[n, i % 3, i / 3 / width, i / 3 % width] = images[n].Pixels[i];
            }
        }

        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = _session.Run(
            [NamedOnnxValue.CreateFromTensor("image", pixels)]);
        Tensor<byte> mask = results.Single().AsTensor<byte>();
        CollectionAssert.AreEqual(new[] { images.Count, height, width }, mask.Dimensions.ToArray());
        return [.. mask];
    }

    public void Dispose() => _session.Dispose();
}
