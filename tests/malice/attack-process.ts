// One attack on a store broker, until this process is killed: node attack-process.js ATTACK PORT [agent2's password].
import { setPriority } from "node:os";
import { systemClock, systemRandom } from "../../cli/system.ts";
import { attacks } from "./attacks.ts";

const [name = "", port = "0", password] = process.argv.slice(2);
const attack = attacks[name];
if (attack === undefined)
  throw new Error(`no attack is named ${name}; there are: ${Object.keys(attacks).join(", ")}`);
// It stands for another machine, and is not to take this one's processors from the gateway.
setPriority(19);
await attack({
  port: Number(port),
  clock: systemClock(),
  random: systemRandom,
  login: password === undefined ? undefined : { username: "user-agent2", password },
  victim: { username: "user-agent1", clientId: "agent-agent1" },
});
