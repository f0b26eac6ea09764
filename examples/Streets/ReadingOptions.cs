using System.CommandLine;
using Road.MLNet;
using Road.Torch.Data;

namespace Streets;

/// <summary>The options of how images are read that are scored.</summary>
internal sealed class ReadingOptions
{
    private readonly Option<int> maxPixels = CommandOptions.MaxPixels();
    private readonly Option<ImageOrientation> orientation = CommandOptions.Orientation();
    private readonly Option<BadSamplePolicy> badImages = CommandOptions.BadImages();

    public ReadingOptions(Command command)
    {
        // As the model was trained, which the command line cannot know.
        orientation.DefaultValueFactory = null;
        foreach (Option option in (Option[])[maxPixels, orientation, badImages])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What valid options say.</summary>
    public ImageReading Read(ParseResult result) => new(
        result.GetValue(maxPixels),
        result.GetResult(orientation) is null ? null : result.GetValue(orientation),
        result.GetValue(badImages));
}
