// The look of the panel, light and dark by the setting of the user, or by `color-scheme` of the page.

/** The rules of the panel's shadow root. */
export const PANEL_STYLE = `
:host {
  --back: light-dark(#fdfdfb, #1b1d1f);
  --raised: light-dark(#f1f1ec, #25282b);
  --line: light-dark(#d9d9d2, #3a3e42);
  --text: light-dark(#22262a, #e4e6e8);
  --quiet: light-dark(#5f666d, #9aa2aa);
  --accent: light-dark(#7a5200, #f0c34e);
  --chosen: light-dark(#fff3d0, #3b3320);
  --good: light-dark(#1c6b3c, #7fd3a0);
  --bad: light-dark(#a3261c, #ff9c90);
  color-scheme: light dark;
  display: block;
  height: 24rem;
  font: 13px/1.45 system-ui, sans-serif;
  color: var(--text);
}
:host([hidden]), [hidden] { display: none; }
* { box-sizing: border-box; }
.panel {
  display: flex;
  flex-direction: column;
  height: 100%;
  overflow: hidden;
  background: var(--back);
  border: 1px solid var(--line);
  border-radius: 8px;
}
header {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 6px 8px;
  padding: 6px 10px;
  background: var(--raised);
  border-bottom: 1px solid var(--line);
}
header strong { font-weight: 600; }
.state { color: var(--quiet); margin-right: auto; }
button, input {
  font: inherit;
  color: inherit;
  background: var(--back);
  border: 1px solid var(--line);
  border-radius: 5px;
  padding: 2px 8px;
  min-width: 0;
}
input { flex: 0 1 9rem; }
button:not(:disabled):hover { border-color: var(--accent); }
button:disabled { color: var(--quiet); opacity: 0.6; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: -1px; }
.body { display: flex; flex: 1; min-height: 0; }
ol {
  flex: 1 1 45%;
  margin: 0;
  padding: 0;
  list-style: none;
  overflow: auto;
  border-right: 1px solid var(--line);
}
li {
  display: flex;
  gap: 8px;
  padding: 3px 10px;
  border-bottom: 1px solid color-mix(in srgb, var(--line) 45%, transparent);
  cursor: default;
}
li[aria-selected='true'] { background: var(--chosen); box-shadow: inset 3px 0 var(--accent); }
li .number { color: var(--quiet); min-width: 2.2em; text-align: right; font-variant-numeric: tabular-nums; }
li .title { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
li .tag { color: var(--quiet); }
li.confirmed .title { color: var(--good); }
li.rejected .title, li.error .title, li.unknown .title { color: var(--bad); }
li:not(.change) .title { font-style: italic; }
.empty { padding: 12px; color: var(--quiet); }
.detail { flex: 1 1 55%; min-width: 0; overflow: auto; padding: 8px 12px; }
.detail h2 { margin: 0 0 4px; font-size: inherit; font-weight: 600; overflow-wrap: anywhere; }
.detail h3 { margin: 10px 0 2px; font-size: 11px; font-weight: 600; color: var(--quiet); text-transform: uppercase; letter-spacing: 0.05em; }
.detail p { margin: 0 0 6px; color: var(--quiet); }
pre {
  margin: 0;
  padding: 6px 8px;
  background: var(--raised);
  border-radius: 5px;
  font: 12px/1.45 ui-monospace, monospace;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: 0 10px; }
@container (max-width: 32rem) {
  .body { flex-direction: column; }
  ol { border-right: 0; border-bottom: 1px solid var(--line); }
}
:host { container-type: inline-size; }
`
