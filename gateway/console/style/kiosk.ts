/** A touch screen at arm's length, upright or across: buttons as large as a hand. */
export const kioskStyle = `
:root { font-size: clamp(18px, 2.6vmin, 34px); }
body { background: var(--field); height: 100vh; height: 100dvh; user-select: none; -webkit-user-select: none; touch-action: manipulation; }
header { padding: 0.7rem 1.5rem; background: var(--accent); color: var(--accent-ink); }
header h1 { font-size: 1.4rem; font-weight: 500; }
.notice { font-size: 1.3rem; }
.notice .english { font-size: 0.8em; }
main { display: flex; padding: 1rem 1.5rem; min-height: 0; overflow: auto; }
section { flex: 1; display: flex; flex-direction: column; gap: 1rem; min-height: min-content; }
h2 { font-size: 2rem; text-align: center; }
.choices { flex: 1; display: grid; grid-template-columns: repeat(3, 1fr); gap: 1rem; grid-auto-rows: minmax(6.5rem, 1fr); }
.choices:has(> :nth-child(1):last-child), .choices:has(> :nth-child(2):last-child), .choices:has(> :nth-child(4):last-child) { grid-template-columns: repeat(2, 1fr); }
@media (orientation: portrait) {
  .choices { grid-template-columns: repeat(2, 1fr); margin-block: auto; }
  .choices:not(:has(> :nth-child(7))) { max-height: 46rem; }
  .choices:not(:has(> :nth-child(5))) { max-height: 31rem; }
  .choices:not(:has(> :nth-child(4))) { max-height: 46rem; grid-template-columns: 1fr; }
}
.choice { background: var(--paper); border-radius: 1rem; border: 0.15rem solid var(--line); padding: 0.6rem; height: 100%; max-height: 15rem; align-self: center; font-size: 2.2rem; font-weight: 700; box-shadow: 0 0.2rem 0.5rem #10202b22; }
.choice:active { background: var(--call); color: var(--call-ink); }
.choice .detail { display: block; margin-top: 0.3rem; font-size: 1.15rem; font-weight: 400; color: var(--quiet); }
.choice .detail span { display: inline; font-size: 1em; }
.choice .detail .english { font-size: 0.85em; }
.next { align-self: center; min-width: 14rem; background: var(--paper); border: 0.15rem solid var(--accent); color: var(--accent); border-radius: 1rem; padding: 0.6rem 2rem; font-size: 1.5rem; }
.next span { display: inline; }
#wait, #ticket { justify-content: center; text-align: center; }
#ticket .number { font-size: min(26vw, 30vh); font-weight: 700; line-height: 1.05; font-variant-numeric: tabular-nums; color: var(--accent); }
#ticket p { font-size: 1.7rem; }
#ticket p span { display: inline; }
#ticket .english { font-size: 0.75em; }
#ticket #outcome { font-weight: 700; font-size: 2.2rem; }
#paper { background: var(--call); color: var(--call-ink); border-radius: 1rem; padding: 0.6rem 1.5rem; align-self: center; }
#paper .english { color: inherit; }
#connection { font-size: 1.1rem; }
`;
