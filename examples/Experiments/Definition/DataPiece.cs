using System.Globalization;
using System.Text.Json;

namespace Experiments.Definition;

/// <summary>The data of an experiment.</summary>
/// <param name="Title">What reports call it.</param>
/// <param name="Sources">The labelled domains, which are mixed where there are several.</param>
/// <param name="Target">The domain to adapt to; its labels, where there are any, serve the upper bound alone.</param>
/// <param name="Test">Labelled images of the target domain, to measure on.</param>
/// <param name="ScoredClasses">The classes whose mean is the score; null for all.</param>
internal sealed record DataPiece(
    string Title, IReadOnlyList<DomainData> Sources, DomainData Target, DomainData Test, IReadOnlyList<string>? ScoredClasses)
{
    public static DataPiece Read(JsonPiece piece)
    {
        DataPiece data = new(
            piece.Text("title"),
            ReadSources(piece),
            DomainData.Read(piece.Piece("target")),
            DomainData.Read(piece.Piece("test")),
            piece.OptionalTexts("scoredClasses"));
        piece.RefuseOthers();
        bool haveLabels = data.Sources.All(static source => source.HasLabels);
        return haveLabels && data.Test.HasLabels
            ? data
            : throw new ExperimentException(
                $"{piece.File}: '{(haveLabels ? "test" : "source")}.labels' is missing; this domain needs labels.");
    }

    /// <summary>One domain, or a list of them.</summary>
    private static IReadOnlyList<DomainData> ReadSources(JsonPiece piece)
    {
        const string Name = "source";
        return piece.Find(Name) is { ValueKind: JsonValueKind.Array }
            ? [.. piece.OptionalList(Name)!.Select((item, index) => DomainData.ReadWeighted(
                piece.Inner(string.Create(CultureInfo.InvariantCulture, $"{Name}[{index}]"), item)))]
            : [DomainData.Read(piece.Piece(Name))];
    }
}
