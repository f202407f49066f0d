/** A clerk's screen: the ticket at the counter large, one row of decisions, and who waits. */
export const counterStyle = `
body { background: var(--field); }
header { display: flex; gap: 1rem; align-items: center; padding: 0.6rem 1.2rem; background: var(--accent); color: var(--accent-ink); }
header h1 { font-size: 1.4rem; }
header .english { color: inherit; }
header #open { border: 0.1rem solid currentColor; border-radius: 0.4rem; padding: 0.2rem 0.6rem; }
header label { margin-left: auto; display: flex; gap: 0.5rem; align-items: center; }
main { display: grid; grid-template-columns: minmax(20rem, 1.1fr) minmax(20rem, 1fr); gap: 1.2rem; padding: 1.2rem; align-items: start; }
section { background: var(--paper); border-radius: 0.8rem; padding: 1.2rem; }
h2 { font-size: 1.1rem; }
h2 .english, header .english, label .english { display: inline; font-size: 0.85em; }
h2 .chinese, header .chinese, label .chinese { display: inline; }
#current { text-align: center; }
#current .number { font-size: 5.5rem; font-weight: 700; line-height: 1.1; font-variant-numeric: tabular-nums; color: var(--accent); }
#current p { font-size: 1.2rem; min-height: 1.25em; }
#current .english { display: inline; font-size: 0.85em; }
#current .chinese { display: inline; }
.controls { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0.7rem; margin-top: 1rem; }
.controls button, .transfer button { position: relative; background: var(--accent); color: var(--accent-ink); border-radius: 0.5rem; padding: 0.7rem 0.5rem; font-size: 1.15rem; min-height: 4.2rem; }
.controls #call-next { grid-column: span 3; font-size: 1.6rem; min-height: 5.5rem; }
button[aria-disabled="true"] { background: var(--line); color: var(--quiet); cursor: default; }
kbd { position: absolute; top: 0.3rem; right: 0.5rem; font-size: 0.8rem; opacity: 0.85; font-family: inherit; }
body:not(:has(#shortcuts:checked)) kbd { display: none; }
.transfer { display: grid; grid-template-columns: 1fr auto; gap: 0.7rem; margin-top: 1rem; text-align: left; }
.transfer label { grid-column: span 2; }
.transfer select { padding: 0.6rem; border: 0.1rem solid var(--quiet); border-radius: 0.5rem; background: var(--paper); font-size: 1.1rem; min-width: 0; }
.transfer button { padding: 0.7rem 1.4rem; }
#outcome { margin-top: 0.8rem; background: var(--alarm); color: var(--alarm-ink); border-radius: 0.5rem; padding: 0.5rem; font-size: 1.1rem; }
#outcome .english { color: inherit; }
table { border-collapse: collapse; width: 100%; margin-top: 0.8rem; font-size: 1.05rem; }
th, td { text-align: left; padding: 0.45rem 0.6rem; border-top: 0.06rem solid var(--line); font-weight: 400; }
thead th { border-top: 0; color: var(--quiet); font-size: 0.9rem; }
tbody th { font-weight: 700; font-size: 1.2rem; font-variant-numeric: tabular-nums; }
table .chinese, table .english, #waiting-count .english, #waiting-count .chinese { display: inline; }
table .english, #waiting-count .english { font-size: 0.85em; }
.minutes { text-align: right; font-variant-numeric: tabular-nums; }
@media (max-width: 60rem) { main { grid-template-columns: 1fr; } }
`;
