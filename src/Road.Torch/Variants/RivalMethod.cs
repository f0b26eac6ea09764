namespace Road.Torch.Adaptation;

/// <summary>The published methods that ROAD is compared with.</summary>
public enum RivalMethod
{
    /// <summary>None of them.</summary>
    None,

    /// <summary>
    /// FCNs in the Wild (Hoffman, Wang, Yu and Darrell, 2016, arXiv 1612.02649): one domain classifier over all activations,
    /// and bounds on the classes' shares of target images that come from the source labels.
    /// </summary>
    FcnsInTheWild,

    /// <summary>
    /// Curriculum domain adaptation (Zhang, David and Gong, ICCV 2017): label distributions of target images and of their
    /// landmark superpixels, inferred from the source, that the predictions are held to.
    /// </summary>
    Curriculum,
}
