"""The style sheet of an HTML export: screen in light and dark, phone, and print."""

STYLE = """
:root {
  --bg: #F4F2EE; --page: #FFFFFF; --line: #E4E0D8; --ink: #22252B; --muted: #5F646D;
  --accent: #0B6E66; --accentsoft: #DDEFEC; --warn: #7A4700; --warnsoft: #FBEFD8;
  --code: #F4F2EE;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #17191C; --page: #22262B; --line: #33383F; --ink: #E9E7E2; --muted: #A6ACB5;
    --accent: #4CC2B4; --accentsoft: #1F3B39; --warn: #F0B35C; --warnsoft: #3A2E1A;
    --code: #1A1D21;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; padding: 40px 24px; background: var(--bg); color: var(--ink);
  font: 16px/1.6 Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  overflow-wrap: break-word;
}
main {
  max-width: 820px; margin: 0 auto; padding: 48px; background: var(--page);
  border: 1px solid var(--line); border-radius: 12px;
}
h1 {
  margin: 0; font-size: 34px; line-height: 1.2; letter-spacing: -0.02em; text-wrap: balance;
}
.summary { margin: 12px 0 0; font-size: 18px; color: var(--muted); white-space: pre-line;
  text-wrap: pretty;
}
.draft {
  margin: 20px 0 0; padding: 8px 16px; border-radius: 8px;
  background: var(--warnsoft); color: var(--warn);
}
dl { margin: 24px 0 0; }
dl > div { display: grid; grid-template-columns: 96px 1fr; column-gap: 16px; padding: 4px 0; }
dt { padding: 3px 0; font-size: 14px; font-weight: 600; color: var(--muted); }
dd { margin: 0; font-size: 15px; }
dd ul { display: flex; flex-wrap: wrap; gap: 6px; margin: 0; padding: 0; list-style: none; }
dd li { margin: 0; padding: 2px 0; }
.many li { padding: 1px 12px; border: 1px solid var(--line); border-radius: 15px; }
.step {
  display: grid; grid-template-columns: minmax(0, 1fr); row-gap: 6px;
  margin-top: 32px; padding-top: 32px; border-top: 1px solid var(--line);
}
.beside { grid-template-columns: minmax(0, 1fr) 280px; column-gap: 32px;
  grid-template-rows: auto 1fr; }
.beside > .figures { grid-column: 2; grid-row: 1 / span 2; }
h2 {
  display: flex; gap: 16px; margin: 0; font-size: 20px; line-height: 1.4;
  letter-spacing: -0.01em; break-after: avoid;
}
.number {
  flex: none; width: 28px; height: 28px; border-radius: 14px;
  background: var(--accentsoft); color: var(--accent); font-size: 14px; line-height: 28px;
  text-align: center; letter-spacing: 0; font-variant-numeric: tabular-nums;
}
.text { padding-inline-start: 44px; text-wrap: pretty; }
.untitled > h2, .untitled > .text { grid-row: 1; grid-column: 1; }
.untitled > .text { padding-top: 2px; }
.text > :first-child { margin-top: 0; }
.text > :last-child { margin-bottom: 0; }
.text p, .text ul, .text ol, .text pre, .text blockquote { margin: 12px 0; }
.text ul, .text ol { padding-inline-start: 24px; }
.text li { margin: 4px 0; }
.text li > ul, .text li > ol { margin: 4px 0; }
.text h3, .text h4, .text h5, .text h6 { margin: 20px 0 8px; font-size: 16px; line-height: 1.4; }
.text hr { border: 0; border-top: 1px solid var(--line); margin: 20px 0; }
.text blockquote {
  margin-inline: 0; padding-inline-start: 16px; border-inline-start: 3px solid var(--line);
  color: var(--muted);
}
.duration { font-size: 14px; color: var(--muted); }
.callout {
  padding: 10px 16px; border-radius: 8px; font-size: 15px; line-height: 1.5;
  background: var(--accentsoft); white-space: pre-line; break-inside: avoid;
}
.callout strong { color: var(--accent); }
.caution, .warning { background: var(--warnsoft); }
.caution strong, .warning strong { color: var(--warn); }
.warning { border: 1px solid var(--warn); }
a { color: var(--accent); text-underline-offset: 2px; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code, pre { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; }
code { padding: 1px 4px; border-radius: 4px; background: var(--code); font-size: 0.9em; }
pre { padding: 12px 16px; border-radius: 8px; background: var(--code); overflow-x: auto; }
pre code { padding: 0; background: none; font-size: 14px; line-height: 1.5; }
.figures { display: grid; gap: 16px; align-items: start; }
.of-2 { grid-template-columns: repeat(2, minmax(0, 1fr)); }
.of-3 { grid-template-columns: repeat(3, minmax(0, 1fr)); }
.step:not(.beside) > .figures { margin-top: 10px; padding-inline-start: 44px; }
figure { position: relative; margin: 0; break-inside: avoid; }
figure > * {
  display: block; width: 100%; height: auto; border-radius: 10px; background: #EFEBE2;
}
figure > .marks { position: absolute; inset: 0; height: 100%; background: none; }
@media (max-width: 700px) {
  body { padding: 0; background: var(--page); }
  main { padding: 28px 20px 40px; border: 0; border-radius: 0; }
  h1 { font-size: 28px; }
  .summary { font-size: 17px; }
  dl > .many { grid-template-columns: minmax(0, 1fr); }
  .beside { grid-template-columns: minmax(0, 1fr); grid-template-rows: none; }
  .beside > .figures { grid-column: 1; grid-row: auto; margin-top: 10px; }
  h2 { gap: 12px; }
  .text { padding-inline-start: 0; padding-top: 4px; }
  .untitled > .text { padding-top: 2px; padding-inline-start: 40px; }
  .of-3 { grid-template-columns: minmax(0, 1fr); }
  .step:not(.beside) > .figures { padding-inline-start: 0; }
  .step { margin-top: 28px; padding-top: 28px; }
}
@page { margin: 16mm 15mm; }
@media print {
  :root {
    --bg: #FFFFFF; --page: #FFFFFF; --line: #D9D5CC; --ink: #000000; --muted: #4A4F57;
    --accent: #0B6E66; --accentsoft: #DDEFEC; --warn: #7A4700; --warnsoft: #FBEFD8;
    --code: #F4F2EE; color-scheme: light;
  }
  body { padding: 0; font-size: 11pt; line-height: 1.5; print-color-adjust: exact;
    -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; border: 0; }
  h1 { font-size: 24pt; }
  .summary { font-size: 12.5pt; }
  dl > div { grid-template-columns: 24mm 1fr; }
  dt, dd, .duration, .callout { font-size: 10pt; }
  h2 { font-size: 13.5pt; }
  .step, header { break-inside: avoid; }
  .step { margin-top: 9mm; padding-top: 0; border: 0; }
  header { padding-bottom: 8mm; border-bottom: 1px solid var(--line); }
  .of-2, .of-3 { grid-template-columns: repeat(3, 48mm); gap: 5mm; }
  .beside { grid-template-columns: minmax(0, 1fr) 48mm; column-gap: 8mm;
    grid-template-rows: auto 1fr; }
  .beside > .figures { grid-column: 2; grid-row: 1 / span 2; margin-top: 0; }
  .text p { orphans: 3; widows: 3; }
  a { color: inherit; }
  a[href^="http"]::after { content: " (" attr(href) ")"; font-size: 9pt; }
  pre { white-space: pre-wrap; overflow-x: visible; }
  figure > * { max-height: 200mm; object-fit: contain; }
}
"""
