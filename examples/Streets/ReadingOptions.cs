using System.CommandLine;
using Road.MLNet;
using Road.Torch.Data;

namespace Streets;

/// <summary>The options of how images are read that are scored.</summary>
internal sealed class ReadingOptions
{
    private readonly Option<int> _maxPixels = CommandOptions.MaxPixels();
    private readonly Option<Word<ImageOrientation>> _orientation = CommandOptions.Orientation();
    private readonly Option<Word<BadSamplePolicy>> _badImages = CommandOptions.BadImages();

    public ReadingOptions(Command command)
    {
        // As the model was trained, which the command line cannot know.
        _orientation.DefaultValueFactory = null;
        foreach (Option option in (Option[])[_maxPixels, _orientation, _badImages])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What valid options say.</summary>
    public ImageReading Read(ParseResult result) => new(
        result.GetValue(_maxPixels),
        result.GetValue(_orientation)?.Value,
        result.GetRequiredValue(_badImages).Value);
}
