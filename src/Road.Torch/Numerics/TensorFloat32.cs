using static TorchSharp.torch;

namespace Road.Torch.Training;

/// <summary>Lets CUDA GPUs multiply in TensorFloat-32 until it is disposed.</summary>
internal sealed class TensorFloat32 : IDisposable
{
    private readonly bool _matmul = backends.cuda.matmul.allow_tf32;
    private readonly bool _cudnn = backends.cudnn.allow_tf32;

    public TensorFloat32() => (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32) = (true, true);

    public void Dispose() => (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32) = (_matmul, _cudnn);
}
