namespace Road.MLNet;

/// <summary>The sample of a label mask's pixel that holds the raw id.</summary>
public enum LabelChannel
{
    /// <summary>The palette index of a palette mask, the value of a grey one; masks in RGB are refused.</summary>
    Index,

    /// <summary>The red sample of an RGB mask; a grey mask's only sample.</summary>
    Red,

    /// <summary>The green sample of an RGB mask; a grey mask's only sample.</summary>
    Green,

    /// <summary>The blue sample of an RGB mask; a grey mask's only sample.</summary>
    Blue,
}
