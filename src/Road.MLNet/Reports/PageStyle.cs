namespace Road.MLNet.Reports;

/// <summary>
/// The style sheet that all pages have: light or dark as the reader's screen is, and for paper. Its colours are the charts' too.
/// </summary>
internal static class PageStyle
{
    public const string Css = """
        :root { color-scheme: light dark; --page: #f4f6f8; }
        @media screen and (prefers-color-scheme: dark) { :root { --page: #0e1319; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink);
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        main { max-width: 1240px; margin: 0 auto; padding: 40px 24px 64px; }
        h1 { font-size: clamp(1.6rem, 3.6vw, 2.4rem); line-height: 1.18; margin: 0 0 10px; letter-spacing: -0.015em; text-wrap: balance; }
        h2 { font-size: 1.28rem; margin: 52px 0 6px; letter-spacing: -0.005em; }
        h3 { font-size: 0.98rem; margin: 0 0 10px; }
        p { margin: 0 0 14px; max-width: 48rem; }
        .lead { font-size: 1.08rem; color: var(--soft); }
        .note, figcaption { color: var(--soft); font-size: 0.88rem; }
        .scores { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 14px; margin: 24px 0 22px; max-width: 780px; }
        .score { background: var(--panel); border: 1px solid var(--line); border-top: 4px solid var(--c0); border-radius: 10px;
          padding: 12px 16px 14px; }
        .score.road { border-top-color: var(--c1); }
        .score b { display: block; font-size: clamp(1.3rem, 3.6vw, 2.1rem); line-height: 1.25; font-variant-numeric: tabular-nums; }
        .score b small { font-size: 0.5em; font-weight: 500; color: var(--soft); white-space: nowrap; }
        .score span { color: var(--soft); font-size: 0.86rem; }
        .panel { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; padding: 18px; }
        .scroll { overflow-x: auto; padding: 6px 18px 10px 0; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
        th, td { border-bottom: 1px solid var(--line); text-align: right; padding: 8px 9px; vertical-align: top; }
        tbody tr:last-child > * { border-bottom: 0; }
        .numbers td, .numbers th { white-space: nowrap; }
        .numbers thead th { color: var(--soft); font-size: 0.82rem; font-weight: 600; vertical-align: bottom; }
        .numbers th:first-child { position: sticky; left: 0; background: var(--panel); text-align: left; font-weight: 500;
          padding-left: 18px; }
        td.best { font-weight: 750; }
        figure { margin: 0; min-width: 0; }
        figcaption { margin-top: 8px; }
        svg { display: block; width: 100%; height: auto; }
        .charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; }
        .classes { display: flex; flex-wrap: wrap; gap: 6px 18px; list-style: none; margin: 10px 0 14px; padding: 0; font-size: 0.9rem; }
        .classes i { display: inline-block; width: 14px; height: 14px; border-radius: 3px; margin-right: 7px; vertical-align: -2px; }
        .pictures { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); gap: 10px; padding: 12px 0;
          border-bottom: 1px solid var(--line); }
        .pictures:first-child { padding-top: 0; } .pictures:last-child { border-bottom: 0; padding-bottom: 0; }
        .pictures img { display: block; width: 100%; height: auto; border-radius: 5px; }
        .pictures figcaption { margin-top: 4px; font-size: 0.8rem; }
        .facts th { text-align: left; font-weight: 500; color: var(--soft); white-space: nowrap; padding-left: 0; }
        .facts td { text-align: left; overflow-wrap: anywhere; }
        @media (max-width: 780px) { .charts { grid-template-columns: 1fr; } .pictures { grid-template-columns: repeat(3, minmax(0, 1fr));
          } }
        @media (max-width: 560px) {
          main { padding: 24px 14px 44px; } .panel { padding: 12px; } .scroll { padding: 4px 12px 6px 0; }
          .pictures { grid-template-columns: repeat(2, minmax(0, 1fr)); }
          .scores { gap: 8px; } .score { padding: 9px 10px; } .score span { font-size: 0.78rem; }
          .numbers th:first-child { white-space: normal; max-width: 7.2rem; padding-left: 12px; }
          .facts, .facts tbody, .facts tr, .facts th, .facts td { display: block; } .facts th { border: 0; padding-bottom: 0; }
            .facts td { padding: 0 0 8px; }
        }
        @media print {
          body { background: none; font-size: 11pt; } main { max-width: none; padding: 0; } .panel { border-color: #c8d0d8;
            break-inside: avoid; }
          section > h2 { break-after: avoid; } .scroll { overflow: visible; } .numbers { font-size: 8pt; }
            .numbers th:first-child { position: static; }
          .numbers td, .numbers th { padding: 4px; } .pictures { break-inside: avoid; }
        }
        """;
}
