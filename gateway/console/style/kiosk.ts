/** A touch screen at arm's length, upright or across: buttons as large as a hand. */
export const kioskStyle = `
:root { font-size: clamp(18px, 2.6vmin, 34px); }
body { background: var(--field); user-select: none; -webkit-user-select: none; touch-action: manipulation; }
header { padding: 1rem 1.5rem; background: var(--accent); color: var(--accent-ink); }
header h1 { font-size: 1.4rem; font-weight: 500; }
.notice { font-size: 1.3rem; }
main { display: grid; padding: 1.5rem; }
section { display: flex; flex-direction: column; gap: 1.5rem; }
h2 { font-size: 2.2rem; text-align: center; }
.choices { flex: 1; display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1.2rem; grid-auto-rows: minmax(9rem, 16rem); align-content: center; }
.choice { background: var(--paper); border-radius: 1rem; border: 0.15rem solid var(--line); padding: 1rem; font-size: 2.4rem; font-weight: 700; box-shadow: 0 0.2rem 0.5rem #10202b22; }
.choice:active { background: var(--call); color: var(--call-ink); }
.choice .detail { display: block; margin-top: 0.5rem; font-size: 1.2rem; font-weight: 400; color: var(--quiet); }
.choice .detail .chinese, .choice .detail .english { display: inline; font-size: 1em; }
.choice .detail .english { font-size: 0.85em; }
.next { align-self: center; min-width: 14rem; background: var(--paper); border: 0.15rem solid var(--accent); color: var(--accent); border-radius: 1rem; padding: 0.8rem 2rem; font-size: 1.6rem; }
#wait, #ticket { justify-content: center; text-align: center; }
#ticket .number { font-size: clamp(6rem, 26vmin, 18rem); font-weight: 700; line-height: 1.05; font-variant-numeric: tabular-nums; color: var(--accent); }
#ticket p { font-size: 1.8rem; }
#ticket .english { font-size: 0.75em; }
#outcome { font-weight: 700; font-size: 2.2rem !important; }
#paper { background: var(--call); color: var(--call-ink); border-radius: 1rem; padding: 0.7rem 1.5rem; align-self: center; }
#paper .english { color: inherit; }
#connection { font-size: 1.1rem; }
`;
