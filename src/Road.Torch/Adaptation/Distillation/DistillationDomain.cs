namespace Road.Torch.Adaptation;

/// <summary>The domain whose images the distillation loss (Eq. 1) is computed on.</summary>
public enum DistillationDomain
{
    /// <summary>Real target images: the paper's choice.</summary>
    Target,

    /// <summary>Synthetic source images: the paper's comparison.</summary>
    Source,
}
