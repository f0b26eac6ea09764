namespace Experiments.Reports;

/// <summary>What the report's page has beside the style of all pages.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root { --met: #177a4b; --missed: #b3421f; }
        @media screen and (prefers-color-scheme: dark) { :root { --met: #4cc38a; --missed: #ef8a62; } }
        .scores { grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); max-width: 960px; }
        .score.upper-bound { border-top-color: var(--c9); }
        .numbers td small { display: block; color: var(--soft); font-size: 0.76rem; font-weight: 400; line-height: 1.2; }
        .scored td:nth-last-child(4), .scored thead th:nth-last-child(4) { border-left: 2px solid var(--line); padding-left: 14px; }
        .dense { font-size: 0.8rem; } .dense td, .dense th { padding: 7px 4px; } .dense td small { font-size: 0.68rem; }
        .dense thead th { font-size: 0.76rem; } .dense thead th span { writing-mode: vertical-rl; transform: rotate(180deg); }
        tr.bound > * { border-top: 2px solid var(--axis); font-style: italic; }
        .expectations { list-style: none; margin: 0; padding: 6px 18px; }
        .expectations li { display: grid; grid-template-columns: 5.4rem 1fr; gap: 14px; padding: 11px 0;
          border-bottom: 1px solid var(--line); font-size: 0.94rem; }
        .expectations li:last-child { border-bottom: 0; }
        .findings h3 { font-size: 1.02rem; margin: 18px 0 4px; } .findings h3:first-child { margin-top: 0; }
          .findings p { max-width: 56rem; }
        .verdict { align-self: start; text-align: center; font-size: 0.84rem; font-weight: 650; border: 1.5px solid currentColor;
          border-radius: 99px; padding: 1px 8px; white-space: nowrap; }
        .verdict.met { color: var(--met); } .verdict.missed { color: var(--missed); }
        .wide svg { min-width: 620px; } .wide figure { overflow-x: auto; }
        .words td:nth-child(2), .words th:nth-child(2) { text-align: left; }
        .wrapped thead th { white-space: normal; }
        .frame { padding: 0 0 6px; } .frame h3 { margin: 14px 0 2px; overflow-wrap: anywhere; } .frame:first-child h3 { margin-top: 0; }
        .frame h3 span { color: var(--soft); font-weight: 500; margin-left: 12px; white-space: nowrap; }
        .frame .note { margin: 0; max-width: none; }
        a { color: var(--c1); }
        .matrices { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 16px; }
        .matrices svg { max-width: 460px; margin: 0 auto; }
        @media (max-width: 1000px) { .matrices { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
        @media (max-width: 560px) {
          .matrices { grid-template-columns: 1fr; } .expectations { padding: 2px 12px; }
          .expectations li { grid-template-columns: 1fr; gap: 4px; } .verdict { justify-self: start; }
        }
        @media print {
          .matrices { grid-template-columns: repeat(2, 1fr); } .dense { font-size: 8pt; } .dense td, .dense th { padding: 4px; }
        }
        """;
}
