namespace Road.Torch.Data;

/// <summary>What happens to a sample that cannot be read.</summary>
public enum BadSamplePolicy
{
    /// <summary>It ends the training with an error that names the file and the cause.</summary>
    Stop,

    /// <summary>It is left out, counted, and reported when the training ends. A pass without any readable sample is an error.</summary>
    Skip,
}
