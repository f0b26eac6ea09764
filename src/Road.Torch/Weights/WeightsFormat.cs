namespace Road.Torch.Weights;

/// <summary>The formats of weights files that <see cref="WeightsFile.Open"/> tells apart by their content.</summary>
public enum WeightsFormat
{
    /// <summary>safetensors: a JSON header, then the tensors' bytes.</summary>
    Safetensors,

    /// <summary>What PyTorch 1.6 and later save: a zip archive of a pickle and one entry a storage.</summary>
    PyTorchZip,

    /// <summary>What PyTorch saved before 1.6: a row of pickles, then the storages.</summary>
    PyTorchLegacy,

    /// <summary>What TorchSharp's <c>Module.save</c> writes.</summary>
    TorchSharp,

    /// <summary>An ONNX model, whose graph's initialisers are the tensors.</summary>
    Onnx,
}
