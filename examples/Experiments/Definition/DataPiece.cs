namespace Experiments.Definition;

/// <summary>The data of an experiment.</summary>
/// <param name="Title">What reports call it.</param>
/// <param name="Source">The labelled domain.</param>
/// <param name="Target">The domain to adapt to; its labels, where there are any, serve the upper bound alone.</param>
/// <param name="Test">Labelled images of the target domain, to measure on.</param>
/// <param name="ScoredClasses">The classes whose mean is the score; null for all.</param>
internal sealed record DataPiece(string Title, DomainData Source, DomainData Target, DomainData Test, IReadOnlyList<string>? ScoredClasses)
{
    public static DataPiece Read(JsonPiece piece)
    {
        DataPiece data = new(
            piece.Text("title"),
            DomainData.Read(piece.Piece("source")),
            DomainData.Read(piece.Piece("target")),
            DomainData.Read(piece.Piece("test")),
            piece.OptionalTexts("scoredClasses"));
        piece.RefuseOthers();
        return data.Source.HasLabels && data.Test.HasLabels
            ? data
            : throw new ExperimentException(
                $"{piece.File}: '{(data.Source.HasLabels ? "test" : "source")}.labels' is missing; this domain needs labels.");
    }
}
