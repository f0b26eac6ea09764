using Spectre.Console;
using Spectre.Console.Rendering;

namespace Road.Examples.Display;

/// <summary>A line of text in the place of a panel that is drawn anew below it: what is left of the panel is wiped first.</summary>
/// <param name="line">The line.</param>
internal sealed class LineAbove(string line) : Renderable
{
    private const string ClearBelow = "\u001b[0J";

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
        [Segment.Control(ClearBelow), .. ((IRenderable)new Text(line + "\n")).Render(options, maxWidth)];
}
