namespace QuickStart.Report;

/// <summary>The page's style sheet.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root { color-scheme: light; --ink: #1b2530; --soft: #5b6875; --line: #dfe5ea; --panel: #ffffff; --page: #f4f6f8; --none: #b3661f;
          --road: #0b63b8; }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink);
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        main { max-width: 1180px; margin: 0 auto; padding: 36px 20px 56px; }
        h1 { font-size: clamp(1.5rem, 3.4vw, 2.3rem); line-height: 1.2; margin: 0 0 12px; letter-spacing: -0.015em; }
        h2 { font-size: 1.2rem; margin: 44px 0 6px; }
        h3 { font-size: 0.95rem; margin: 0 0 2px; }
        p { margin: 0 0 12px; max-width: 46rem; }
        .lead { font-size: 1.06rem; color: var(--soft); }
        .scores { display: grid; grid-template-columns: repeat(3, 1fr); gap: 14px; margin: 24px 0 0; max-width: 720px; }
        .score { background: var(--panel); border: 1px solid var(--line); border-top: 4px solid var(--line); border-radius: 10px;
          padding: 12px 16px 14px; }
        .score.none { border-top-color: var(--none); } .score.road { border-top-color: var(--road); }
        .score b { display: block; font-size: clamp(1.35rem, 3.6vw, 2.1rem); line-height: 1.2; font-variant-numeric: tabular-nums; }
        .score span { color: var(--soft); font-size: 0.86rem; }
        .panel { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; padding: 16px; }
        .legend { display: flex; flex-wrap: wrap; gap: 6px 16px; margin: 10px 0 14px; padding: 0; list-style: none; font-size: 0.88rem; }
        .legend i { display: inline-block; width: 14px; height: 14px; border-radius: 3px; margin-right: 6px; vertical-align: -2px; }
        .scene { display: grid; grid-template-columns: repeat(4, 1fr); gap: 10px; padding: 12px 0; border-top: 1px solid var(--line); }
        .scene:first-of-type { border-top: 0; padding-top: 0; } .scene:last-of-type { padding-bottom: 0; }
        figure { margin: 0; min-width: 0; }
        figure img { display: block; width: 100%; height: auto; border-radius: 6px; background: var(--line); }
        figure img.mask { image-rendering: pixelated; }
        figcaption { font-size: 0.82rem; color: var(--soft); margin-top: 4px; }
        figcaption b { color: var(--ink); font-weight: 600; }
        .domains { display: grid; grid-template-columns: repeat(2, 1fr); gap: 20px; }
        .domains .row { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px; margin-top: 8px; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { padding: 7px 12px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
        th:first-child, td:first-child { text-align: left; }
        thead th { font-size: 0.84rem; color: var(--soft); font-weight: 600; }
        tbody tr:last-child td { border-bottom: 0; }
        tr.mean td { border-top: 2px solid var(--ink); font-weight: 600; }
        td .bar { display: inline-block; width: 110px; height: 8px; margin-right: 10px; border-radius: 4px; background: #edf0f3;
          vertical-align: 1px; overflow: hidden; }
        td .bar i { display: block; height: 100%; border-radius: 4px; }
        .bar .none { background: var(--none); } .bar .road { background: var(--road); }
        .number { display: inline-block; min-width: 3.1em; }
        td.best { font-weight: 700; } tr.mean td:not(.best) { font-weight: 400; } tr.mean td:first-child { font-weight: 600; }
        .charts { display: grid; grid-template-columns: repeat(3, 1fr); gap: 14px; }
        .note { font-size: 0.82rem; color: var(--soft); margin: 0; }
        .charts p { font-size: 0.82rem; color: var(--soft); margin: 0 0 4px; min-height: 3.1em; }
        svg { display: block; width: 100%; height: auto; }
        svg .grid { stroke: #e8ecf0; } svg .axis { stroke: #8896a3; } svg .reference { stroke: #8896a3; stroke-dasharray: 4 4; }
        svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--soft); }
        svg polyline { fill: none; stroke-width: 2; stroke-linejoin: round; } svg .none { stroke: var(--none); }
          svg .road { stroke: var(--road); }
        .legend .line { width: 20px; height: 3px; vertical-align: 4px; } .line.none { background: var(--none); }
          .line.road { background: var(--road); }
        .facts { display: grid; grid-template-columns: repeat(2, 1fr); gap: 14px; }
        .facts td:last-child { white-space: normal; text-align: right; }
        .facts td { padding-left: 4px; padding-right: 4px; }
        footer { margin-top: 40px; color: var(--soft); font-size: 0.86rem; }
        @media (max-width: 860px) { .charts, .domains, .facts { grid-template-columns: 1fr; } .charts p { min-height: 0; } }
        @media (max-width: 640px) {
          main { padding: 22px 14px 40px; } .scene { grid-template-columns: repeat(2, 1fr); } .panel { padding: 12px; }
          .scores { gap: 8px; } .score { padding: 10px; } th, td { padding: 6px 6px; } td .bar { display: none; }
        }
        """;
}
