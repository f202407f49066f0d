import type { Clock } from "../../protocols/clock.ts";
import type { Random } from "../../protocols/random.ts";
import type { Connection, Transport } from "../../protocols/transport.ts";
import { carryInProcess, type InProcessDevice } from "../../simulators/carriers/in-process.ts";
import { createSimulator, simulatedFamilies } from "../../simulators/catalog.ts";
import type { PrinterState } from "../../simulators/devices/escpos-printer.ts";
import type { FaultyState, LineFault } from "../../simulators/line-faults.ts";
import type { Scenario, ScenarioDevice } from "../../simulators/scenario/scenario-schema.ts";
import type { SimulatedProcess } from "../../simulators/simulated-machine.ts";
import type { Simulator } from "../../simulators/simulator.ts";
import type { Stimulus } from "../../simulators/stimuli.ts";

export type SiteDevice = InProcessDevice<Stimulus | LineFault>;

/** Every device of the site, on cables that outlive the processes that open them. */
export function carryDevices(
  { devices }: Scenario,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  printed: (device: string, ticket: string) => void,
): ReadonlyMap<string, SiteDevice> {
  return new Map(
    devices.map((device) => {
      const simulator = createSimulator(device.driver, device.options, random);
      const watched =
        device.driver === "escpos-printer" ? countingTickets(simulator, device, printed) : simulator;
      const kind = simulatedFamilies[device.driver].transports[0];
      return [device.id, carryInProcess(watched, { clock, ...(kind === undefined ? {} : { kind }) })];
    }),
  );
}

/** Tells of each ticket that falls out of the printer. */
function countingTickets(
  simulator: Simulator<unknown, Stimulus | LineFault>,
  { id }: ScenarioDevice,
  printed: (device: string, ticket: string) => void,
): Simulator<unknown, Stimulus | LineFault> {
  const ticketsOf = (state: unknown) => (state as FaultyState<PrinterState>).inner.tickets;
  return {
    ...simulator,
    name: simulator.name,
    initial: simulator.initial,
    step(state, input) {
      const step = simulator.step(state, input);
      const before = new Set(ticketsOf(state));
      for (const ticket of ticketsOf(step.state)) {
        if (before.has(ticket)) continue;
        const words = ticket.elements.map((element) => ("content" in element ? element.content : ""));
        printed(id, words.join("|"));
      }
      return step;
    },
  };
}

/** A device as one process opens it: when the process ends, the kernel lets go of the port. */
export function transportFor(device: SiteDevice, process: SimulatedProcess): Transport {
  return {
    async open(listener) {
      if (!process.passes()) return new Promise(() => {});
      const opening = await device.transport.open({
        bytes: (bytes) => {
          if (process.passes()) listener.bytes(bytes);
        },
        edge: (line, active) => {
          if (process.passes()) listener.edge(line, active);
        },
        closed: (fault) => {
          if (process.passes()) listener.closed(fault);
        },
      });
      if (!opening.ok) return opening;
      const { connection } = opening;
      if (process.ended !== undefined) {
        await connection.close();
        return new Promise(() => {});
      }
      process.onEnd(() => void connection.close());
      return { ok: true, connection: fenced(connection, process) };
    },
  };
}

function fenced(connection: Connection, process: SimulatedProcess): Connection {
  const never = (): Promise<void> => new Promise(() => {});
  return {
    send: (bytes) => (process.passes() ? connection.send(bytes) : never()),
    sendFeature: (bytes) => (process.passes() ? connection.sendFeature(bytes) : never()),
    setLine: (line, active) => (process.passes() ? connection.setLine(line, active) : never()),
    close: () => connection.close(),
  };
}
