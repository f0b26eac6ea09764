using System.Globalization;

namespace Road.MLNet.Data;

/// <summary>Finds the mask of each image by its name, with one of the endings that people and published sets give masks.</summary>
internal sealed class MaskNames
{
    private const string CityscapesImage = "_leftImg8bit";
    private const string CityscapesMask = "_gtFine_labelIds";

    // Of the class ids that a prediction writes beside the mask in colours, only the ids say which class is meant.
    private const string ClassIds = "_labels";

    // What a prediction writes beside both for people to look at.
    private const string Overlay = "_overlay";

    // The endings of masks, the first that is there first; those of one rank have an equal claim.
    private static readonly string[][] Ranks = [[ClassIds], [string.Empty], ["_mask", "_label", "_gt", "_L", "_labelIds"]];
    private static readonly string[][] CityscapesRanks = [Ranks[0], Ranks[1], [.. Ranks[2], CityscapesMask]];

    // What Cityscapes has beside each mask.
    private static readonly string[] CityscapesCompanions =
        ["_gtFine_color", "_gtFine_instanceIds", "_gtFine_instanceTrainIds", "_gtFine_labelTrainIds"];

    private readonly string _folder;
    private readonly HashSet<string> _images;
    private readonly Dictionary<string, string[]> _masks;
    private readonly HashSet<string> _known;

    /// <summary>Takes in the names.</summary>
    /// <param name="images">The images, relative to their folder, with slashes and without extension; the set is not copied.</param>
    /// <param name="masks">The masks, relative to theirs.</param>
    /// <param name="folder">What messages call the folder of masks.</param>
    public MaskNames(HashSet<string> images, string[] masks, string folder)
    {
        _folder = folder;
        _images = images;
        _masks = new Dictionary<string, string[]>(masks.Length, StringComparer.Ordinal);
        _known = new HashSet<string>(masks.Length, StringComparer.Ordinal);
        foreach (string mask in masks)
        {
            string stem = Stem(mask);
            _masks[stem] = _masks.TryGetValue(stem, out string[]? alike) ? [.. alike, mask] : [mask];
        }
    }

    /// <summary>A name without its extension.</summary>
    public static string Stem(string name) => Path.ChangeExtension(name, null);

    /// <summary>The mask of an image; null where there is none.</summary>
    /// <exception cref="InvalidDataException">Two masks have an equal claim; the message names both.</exception>
    public string? Find(string image)
    {
        string stem = Stem(image);
        bool isOfCityscapes = stem.EndsWith(CityscapesImage, StringComparison.Ordinal);
        List<string> best = [];
        foreach (string[] rank in isOfCityscapes ? CityscapesRanks : Ranks)
        {
            bool isBest = best.Count == 0;
            foreach (string ending in rank)
            {
                string name = Name(ending);

                // What has the name of another image is that one's mask.
                if (_masks.TryGetValue(name, out string[]? found) && (name == stem || !_images.Contains(name)))
                {
                    _known.UnionWith(found);
                    best.AddRange(isBest ? found : []);
                }
            }
        }

        foreach (string companion in (string[])[Overlay, .. isOfCityscapes ? CityscapesCompanions : []])
        {
            _known.UnionWith(_masks.GetValueOrDefault(Name(companion)) ?? []);
        }

        return best.Count < 2 ? best.FirstOrDefault() : throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture,
            $"The image '{image}' has {best.Count} label masks in '{_folder}', such as '{best[0]}' and '{best[1]}': leave only one of "
            + $"them there."));

        // The mask of a Cityscapes image has its ending in the place of the image's.
        string Name(string ending) =>
            ending.StartsWith("_gtFine", StringComparison.Ordinal) ? stem[..^CityscapesImage.Length] + ending : stem + ending;
    }

    /// <summary>Whether a mask is an image's, chosen or not, once all images have been asked for.</summary>
    public bool IsKnown(string mask) => _known.Contains(mask);
}
