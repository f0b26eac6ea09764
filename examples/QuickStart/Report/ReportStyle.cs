namespace QuickStart.Report;

/// <summary>What the page has beside the style of all pages.</summary>
internal static class ReportStyle
{
    public const string Css = """
        .score { border-top-color: var(--line); } .score.none { border-top-color: var(--c2); } .score.road { border-top-color: var(--c1); }
        img.mask { image-rendering: pixelated; }
        figcaption b { color: var(--ink); font-weight: 600; }
        .halves { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; }
        tr.mean > * { border-top: 2px solid var(--axis); } tr.mean > th { font-weight: 600; }
        .bar { display: inline-block; width: 110px; height: 8px; margin-right: 10px; border-radius: 4px; background: var(--page);
          vertical-align: 1px; overflow: hidden; }
        .bar i { display: block; height: 100%; border-radius: 4px; }
        .bar .none, .line.none { background: var(--c2); } .bar .road, .line.road { background: var(--c1); }
        .number { display: inline-block; min-width: 3.1em; }
        .charts { grid-template-columns: repeat(3, minmax(0, 1fr)); }
        .charts h3 { margin-bottom: 2px; } .charts p { font-size: 0.82rem; color: var(--soft); margin: 0 0 4px; min-height: 3.1em; }
        .classes .line { width: 20px; height: 3px; vertical-align: 4px; }
        .facts td { text-align: right; }
        footer { margin-top: 40px; color: var(--soft); font-size: 0.86rem; }
        @media (max-width: 860px) { .charts, .halves { grid-template-columns: 1fr; } .charts p { min-height: 0; } }
        @media (max-width: 640px) { .pictures { grid-template-columns: repeat(2, minmax(0, 1fr)); } .bar { display: none; } }
        """;
}
