namespace Road.MLNet;

/// <summary>How photos that carry an orientation (the EXIF tag 0x0112) are read.</summary>
public enum ImageOrientation
{
    /// <summary>Turned and mirrored as the tag says and as every viewer shows them; masks lie on that view.</summary>
    Upright,

    /// <summary>As the pixels are stored, whatever the tag says.</summary>
    AsStored,
}
