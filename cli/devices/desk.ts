import { startDriver } from "../../drivers/catalog.ts";
import { openTransport, transportEnvironment } from "../../drivers/transports.ts";
import { startAgent } from "../../edge-agent/agent.ts";
import { answerDoor, type DoorHost } from "../../edge-agent/door/answer.ts";
import { openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import type { DeviceConfig } from "../../protocols/config/devices.ts";
import type { DeviceReport, DoorLine, DoorQuestion } from "../../protocols/door.ts";
import { openLog } from "../log.ts";
import { bootId, packageVersion, systemClock, systemRandom } from "../system.ts";
import { type Asked, askAgent } from "./agent-door.ts";

/** Where a device is asked about: the agent that has it, or ourselves where none has. */
export interface Desk {
  /** False: no running agent knows this device, and it was opened for this command alone. */
  readonly agentRuns: boolean;
  ask(question: DoorQuestion, hear: (line: DoorLine) => void): Promise<Asked>;
  close(): Promise<void>;
}

/** The agent's, where one runs and has the device; else it is opened here, and let go of by `close`. */
export async function openDesk({ agent }: Configuration, device: DeviceConfig): Promise<Desk> {
  const known = await devicesOfAgent(agent.door);
  if (known?.some((each) => each.device === device.id) === true) return deskOfAgent(agent.door);
  if (known !== undefined) console.error(`the running agent does not have ${device.id}: it is opened here`);
  return await ownDesk(device);
}

/** What the agent on this box has; undefined where none runs. */
export async function devicesOfAgent(door: string): Promise<readonly DeviceReport[] | undefined> {
  const found: DeviceReport[] = [];
  const asked = await askAgent(door, { ask: "devices" }, (line) => {
    if ("devices" in line) found.push(...line.devices);
  });
  await asked?.ended;
  return asked && found;
}

function deskOfAgent(door: string): Desk {
  return {
    agentRuns: true,
    async ask(question, hear) {
      const gone: Asked = { ended: Promise.resolve(), stop: () => undefined };
      return (await askAgent(door, question, hear)) ?? gone;
    },
    close: () => Promise.resolve(),
  };
}

/** An agent of one device, without gateway and without disk: what it reads goes to whoever asks, and nowhere else. */
async function ownDesk(device: DeviceConfig): Promise<Desk> {
  const clock = systemClock();
  const transports = transportEnvironment(clock);
  const around = { clock, random: systemRandom, boot: bootId() };
  const journal = await openMemoryOutbox({ clock });
  const agent = await startAgent({
    ...around,
    agent: "technician",
    devices: [device],
    openTransport: (transport) => openTransport(transport, transports),
    startSession: startDriver,
    sink: { accept: () => Promise.resolve() },
    journal,
    log: openLog("silent", "devices", clock),
  });
  const host: DoorHost = { ...around, agent, version: packageVersion };
  return {
    agentRuns: false,
    ask(question, hear) {
      let end = (): void => undefined;
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const cancel = answerDoor(host, question, { say: hear, ended: () => end() });
      const stop = (): void => {
        cancel();
        end();
      };
      return Promise.resolve({ ended, stop });
    },
    async close() {
      await agent.close();
      await transports.close();
      await journal.close();
    },
  };
}
