using System.Text.Json;
using System.Text.Json.Nodes;
using Road.MLNet;

namespace Experiments.Definition;

/// <summary>An option of the trainer as experiment files name it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">What a chart's axis calls it.</param>
/// <param name="Allowed">What kind of value it takes.</param>
/// <param name="Get">Reads it, for the settings of a run.</param>
/// <param name="Set">Sets it; throws <see cref="FormatException"/> where the value is of another kind.</param>
internal sealed record TrainingOption(
    string Name, string Title, string Allowed, Func<RoadTrainerOptions, JsonNode?> Get, Action<RoadTrainerOptions, JsonElement> Set)
{
    /// <summary>Sets the option to a property of a description.</summary>
    public void Apply(RoadTrainerOptions options, JsonPiece piece, string property, JsonElement value)
    {
        try
        {
            Set(options, value);
        }
        catch (FormatException)
        {
            throw piece.Wrong(property, Allowed);
        }
        catch (ArgumentException error)
        {
            throw piece.Wrong(property, error);
        }
    }
}
