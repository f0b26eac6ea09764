namespace Road.MLNet.Watching;

/// <summary>What a training's report has beside the style of all pages.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root { --good: #177a4b; --bad: #b3421f; }
        @media screen and (prefers-color-scheme: dark) { :root { --good: #4cc38a; --bad: #ef8a62; } }
        .state { display: inline-block; margin: 0 0 12px; padding: 2px 12px; border-radius: 99px; font-size: 0.86rem; font-weight: 650;
          border: 1.5px solid currentColor; color: var(--soft); }
        .state.running { color: var(--c1); } .state.done { color: var(--good); } .state.failed { color: var(--bad); }
        .progress { height: 8px; border-radius: 4px; background: var(--line); overflow: hidden; margin: 18px 0 0; }
        .progress i { display: block; height: 100%; background: var(--c1); border-radius: 4px; }
        .progress i.done { background: var(--good); } .progress i.failed { background: var(--bad); }
        .scores { grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); max-width: none; }
        .score b { font-size: clamp(1.2rem, 2.4vw, 1.7rem); white-space: nowrap; }
        .score.best { border-top-color: var(--good); }
        .warnings ul { margin: 0; padding: 12px 18px 12px 36px; font-size: 0.94rem; overflow-wrap: anywhere; }
        .warnings li + li { margin-top: 6px; }
        .curves { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 16px; }
        .curves h3 { display: flex; justify-content: space-between; } .curves h3 b { font-variant-numeric: tabular-nums; }
        .swatch { display: inline-block; width: 13px; height: 13px; border-radius: 3px; margin-right: 8px; vertical-align: -1px; }
        .course { width: 120px; height: 24px; margin-left: auto; }
        .bar { display: inline-block; width: 110px; height: 8px; margin-right: 10px; border-radius: 4px; background: var(--line);
          vertical-align: 1px; overflow: hidden; }
        .bar i { display: block; height: 100%; border-radius: 4px; background: var(--c1); }
        .number { display: inline-block; min-width: 2.6em; }
        tr.mean > * { border-top: 2px solid var(--axis); } tr.mean > th { font-weight: 600; }
        .film { display: flex; gap: 10px; overflow-x: auto; margin-bottom: 14px; padding: 12px; }
        .film figure { flex: 0 0 clamp(150px, 30%, 360px); } .film img { display: block; width: 100%; height: auto; border-radius: 5px; }
        .film figure:first-child { position: sticky; left: -12px; z-index: 1; background: var(--panel); padding-right: 4px; }
        .film figcaption { margin-top: 4px; font-size: 0.8rem; }
        .charts figure svg { max-width: 520px; margin: 0 auto; }
        .halves { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; }
        .halves .facts { font-size: 0.92rem; } .halves .facts th { white-space: normal; overflow-wrap: anywhere; width: 42%; }
        summary { cursor: pointer; color: var(--soft); margin-top: 12px; }
        @media (max-width: 900px) { .curves { grid-template-columns: repeat(2, minmax(0, 1fr)); } .halves { grid-template-columns: 1fr; } }
        @media (max-width: 560px) {
          .curves { grid-template-columns: 1fr; } .scores { grid-template-columns: repeat(2, minmax(0, 1fr)); } .bar { display: none; }
          .film figure { flex-basis: 62%; } .film figure:first-child { position: static; } .halves .facts th { width: auto; }
        }
        @media print { .film { flex-wrap: wrap; overflow: visible; } }
        """;
}
