import { needGuestImage } from "./guest-image.ts";
import { playSystemdTrial, shortcomings, systemdThere } from "./systemd-trial.ts";

// `npm run test:systemd`: the shipped unit under Debian's own systemd, in a guest machine; its watchdog has to bite.
if (!systemdThere())
  throw new Error("no systemd on this machine for the guest to run: apt-get install systemd");
const found = shortcomings(await playSystemdTrial(needGuestImage(), (line) => console.error(line)));
for (const words of found) console.error(words);
console.log(JSON.stringify({ kept: found.length === 0 }));
process.exitCode = found.length === 0 ? 0 : 1;
