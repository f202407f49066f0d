/** What all pages share. Colours have a contrast of 7:1 or more (WCAG 2.1 AAA) but for disabled buttons. */
export const everyPageStyle = `
:root {
  --ink: #10202b;
  --paper: #ffffff;
  --quiet: #3d4f5c;
  --field: #e9eef1;
  --line: #b9c6ce;
  --accent: #0b4a6f;
  --accent-ink: #ffffff;
  --call: #ffd34d;
  --call-ink: #1a1400;
  --alarm: #8c1d18;
  --alarm-ink: #ffffff;
  font-family: "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Zen Hei", "Microsoft YaHei", "PingFang SC", system-ui, sans-serif;
  color: var(--ink);
  background: var(--paper);
  line-height: 1.25;
}
* { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
body { min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; }
main { flex: 1; }
.chinese, .english { display: block; }
.english { font-size: 0.6em; color: var(--quiet); }
button, select, input { font: inherit; color: inherit; }
button { cursor: pointer; border: 0; }
button .english { color: inherit; }
:focus-visible { outline: 0.25rem solid #c2410c; outline-offset: 0.2rem; }
h2:focus { outline: none; }
.notice { background: var(--alarm); color: var(--alarm-ink); padding: 0.6em 1em; text-align: center; }
.notice .english { color: inherit; }
#connection { background: var(--alarm); color: var(--alarm-ink); padding: 0.4em 1em; text-align: center; }
#connection .chinese, #connection .english { display: inline; color: inherit; font-size: 1em; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
}

.plain { padding: 1rem; max-width: 34rem; width: 100%; margin: 0 auto; text-align: center; }
.plain form .english { font-size: 0.85em; }
.plain form { display: grid; gap: 0.8rem; margin-top: 1.5rem; text-align: left; }
.plain input { width: 100%; padding: 0.7rem; border: 0.1rem solid var(--quiet); border-radius: 0.4rem; }
.plain form button { background: var(--accent); color: var(--accent-ink); padding: 0.9rem; border-radius: 0.4rem; }
.plain ul { list-style: none; padding: 0; margin-top: 1.5rem; display: grid; gap: 0.6rem; }
.plain li a { display: block; padding: 1rem; background: var(--field); border-radius: 0.4rem; color: var(--accent); }

.status { --field: #f4f7f8; }
.status .number { font-size: clamp(4rem, 24vw, 9rem); font-weight: 700; line-height: 1.1; font-variant-numeric: tabular-nums; }
.status h1 { font-size: 1.5rem; }
.status .state { font-size: 1.6rem; margin-top: 0.6rem; }
.status .counter { font-size: 2.6rem; font-weight: 700; }
.status .card { background: var(--field); border-radius: 0.8rem; padding: 1.2rem; margin-top: 1.2rem; font-size: 1.7rem; display: grid; gap: 0.8rem; }
.status[data-state="called"] { background: var(--call); color: var(--call-ink); }
.status[data-state="called"] .english { color: inherit; }
`;
