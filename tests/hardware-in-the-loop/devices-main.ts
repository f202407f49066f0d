import { deviceGuest } from "./device-guest.ts";
import { playDevices } from "./devices-game.ts";
import { needGuestImage } from "./guest-image.ts";

// `npm run test:devices`: the transports on real kernel drivers, in a guest machine; `-- hid` runs those files only.
const only = process.argv.slice(2).filter((word) => /^\w+$/.test(word));
const played = await playDevices(needGuestImage(deviceGuest), (line) => console.error(line), only);
console.log(JSON.stringify(played));
process.exitCode = played.kept ? 0 : 1;
