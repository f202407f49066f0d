/**
 * A big screen read at five metres: letters are at least 25 mm high there, a 200th of the distance. On a screen
 * 68 cm high (55 inches) that is 3.7 % of its height, so nothing that matters is set below 4.6vh.
 */
export const boardStyle = `
body { background: #08151d; color: #ffffff; height: 100vh; overflow: hidden; --quiet: #c9d8e1; }
header { display: flex; justify-content: space-between; align-items: baseline; gap: 2vw; padding: 1.6vh 2vw 0.8vh; font-size: 4.6vh; }
header h1 { font-size: 1em; font-weight: 500; flex: 1; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
#time { font-variant-numeric: tabular-nums; }
#sound { background: #1c3443; color: #ffffff; border-radius: 0.6vh; font-size: 2.4vh; padding: 0.8vh 1.4vh; align-self: center; }
#sound[aria-pressed="false"] { color: #c9d8e1; text-decoration: line-through; }
.notice { font-size: 4.6vh; padding: 0.8vh 2vw; }
.notice .chinese, .notice .english { display: inline; }
main { display: grid; grid-template-columns: 0.75fr 1fr; gap: 2vw; padding: 0 2vw 1.5vh; min-height: 0; }
section { min-height: 0; display: flex; flex-direction: column; }
h2 { font-size: 4.6vh; font-weight: 500; color: #c9d8e1; padding: 0.6vh 0; }
h2 .chinese, h2 .english { display: inline; font-size: 1em; color: inherit; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th { font-weight: 700; text-align: left; white-space: nowrap; }
#calls tr { background: #12303f; border-bottom: 0.7vh solid #08151d; }
#calls th, #calls td { padding: 0.6vh 1.4vw; vertical-align: middle; }
#calls .number { font-size: 8.4vh; line-height: 1; font-variant-numeric: tabular-nums; }
#calls .counter { font-size: 5vh; text-align: right; line-height: 1; white-space: nowrap; }
#calls .counter .english { font-size: 0.92em; margin-top: 0.3vh; }
#calls .serving { background: #0e222d; }
#calls .serving .number { color: #c9d8e1; }
#calls .called { background: #17506d; }
#calls .fresh { background: var(--call); color: var(--call-ink); animation: fresh 1s ease-in-out 4 alternate; }
#calls .fresh .english { color: inherit; }
@keyframes fresh { from { background: var(--call); } to { background: #fff3c4; } }
#nobody { font-size: 6vh; color: #c9d8e1; padding: 4vh 0; }
#nobody .english { font-size: 0.8em; }
#next { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(2, 1fr); gap: 1vh 1vw; font-size: 6.4vh; font-weight: 700; font-variant-numeric: tabular-nums; }
#next li { background: #12303f; padding: 0.4vh 1vw; }
#services th, #services th span { overflow: hidden; text-overflow: ellipsis; }
#services .count { width: 25%; }
#services .wait { width: 40%; }
#services th, #services td { font-size: 4.6vh; padding: 0.8vh 0.6vw; border-top: 0.3vh solid #23485b; vertical-align: top; font-weight: 500; }
#services .english { font-size: 1em; }
#services td { text-align: right; white-space: nowrap; }
#connection { font-size: 4.6vh; }
`;
