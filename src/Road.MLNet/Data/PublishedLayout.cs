namespace Road.MLNet.Data;

/// <summary>Where a published data set keeps its images and masks.</summary>
/// <param name="SetName">What error messages call the set.</param>
/// <param name="ImageFolder">The folder of images below the root, with <c>/</c> between names.</param>
/// <param name="ImageSuffixes">What may end the name of an image file.</param>
/// <param name="LabelFolder">The folder of masks below the root.</param>
/// <param name="LabelSuffix">What takes the place of that in the name of an image's mask.</param>
internal sealed record PublishedLayout(
    string SetName, string ImageFolder, string[] ImageSuffixes, string LabelFolder, string LabelSuffix)
{
    /// <summary>GTA5's: images and palette masks of the same names.</summary>
    public static PublishedLayout Gta5 { get; } = new("GTA5", "images", [".png"], "labels", ".png");

    /// <summary>SYNTHIA-RAND-CITYSCAPES's.</summary>
    public static PublishedLayout Synthia { get; } = new("SYNTHIA-RAND-CITYSCAPES", "RGB", [".png"], "GT/LABELS", ".png");

    /// <summary>Whether files lie in a folder of each city.</summary>
    public bool HasCities { get; init; }

    /// <summary>Whether the set is of use without masks, as a target domain or a test split is.</summary>
    public bool LabelsAreOptional { get; init; }

    /// <summary>A split of Cityscapes.</summary>
    public static PublishedLayout Cityscapes(string split) =>
        new("Cityscapes", $"leftImg8bit/{split}", ["_leftImg8bit.png"], $"gtFine/{split}", "_gtFine_labelIds.png")
        {
            HasCities = true,
            LabelsAreOptional = true,
        };

    /// <summary>A split of CamVid, whose images are in circulation as JPEG files too.</summary>
    public static PublishedLayout CamVid(string split) =>
        new("CamVid", split, [".png", ".jpg", ".jpeg"], $"{split}annot", ".png") { LabelsAreOptional = true };
}
