using System.Globalization;

namespace Streets;

/// <summary>Rows and columns, written with an x between them.</summary>
internal readonly record struct Grid(int Rows, int Columns)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rows}x{Columns}");
}
