import { createLogUpdate } from "log-update";
import stringWidth from "string-width";
import type { DeviceStatus } from "../../edge-agent/agent.ts";
import type { GatewayStatus } from "../../gateway/gateway-status.ts";
import type { EventRow } from "../../hq/event-store.ts";
import { eventLine } from "../../hq/tail.ts";
import type { Cancel, Clock } from "../../protocols/clock.ts";
import { faults } from "../../protocols/faults.ts";
import type { Observation, ObservationKind } from "../../protocols/readings.ts";
import type { Books } from "../simulation/books.ts";
import type { Store } from "../store.ts";
import type { DemoHeadquarters } from "./headquarters.ts";

export interface PageSubject {
  readonly store: Store;
  readonly headquarters: DemoHeadquarters;
  readonly books: Books;
}

/** Events that scroll past at the foot of the page. */
const eventLinesKept = 10;
/** Where nothing says how wide the terminal is. */
const columnsDefault = 110;

/**
 * The demo in a terminal, drawn over itself; where stdout is no terminal, only the events are printed, as
 * they come.
 */
export class LivePage {
  readonly #title: string;
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #events: string[] = [];
  readonly #terminal = process.stdout.isTTY;

  constructor(title: string, clock: Clock) {
    this.#title = title;
    this.#clock = clock;
    this.#startedMs = clock.monotonicMs();
  }

  event(event: EventRow): void {
    const line = eventLine(event);
    if (!this.#terminal) console.log(line);
    this.#events.push(line);
    if (this.#events.length > eventLinesKept) this.#events.shift();
  }

  /** Draws until the returned function is called. */
  show(look: () => PageSubject, everyMs: number): () => void {
    if (!this.#terminal) return () => {};
    const update = createLogUpdate(process.stdout, { showCursor: false });
    const draw = (): void => update(this.#lines(look()).map(fitted).join("\n"));
    let cancel: Cancel = () => {};
    const drawOn = (): void => {
      draw();
      cancel = this.#clock.after(everyMs, drawOn);
    };
    drawOn();
    return () => {
      cancel();
      draw();
      update.done();
    };
  }

  #lines({ store, headquarters, books }: PageSubject): readonly string[] {
    const seconds = Math.floor((this.#clock.monotonicMs() - this.#startedMs) / 1_000);
    const status = store.gateway?.status();
    return [
      `Storewire demo · ${seconds} s · Ctrl-C ends it · ${this.#title}`,
      `The waiting area's board, in a browser on this machine: http://127.0.0.1:${store.gateway?.consolePort}/board`,
      "",
      "DEVICES",
      ...(store.agent?.devices() ?? []).map(deviceLine),
      "",
      ...(status === undefined ? [] : statusLines(status)),
      headquartersLine(headquarters, books),
      "",
      "EVENTS AT HEADQUARTERS",
      ...this.#events.map((line) => `  ${line}`),
    ];
  }
}

function deviceLine({ device, driver, state, fault, noiseBytes, lastReading }: DeviceStatus): string {
  const last = lastReading === undefined ? "" : observationWords(lastReading.observation);
  const trouble = fault === undefined ? "" : ` ${faults[fault.code].words}`;
  const noise = noiseBytes > 0 ? ` (${noiseBytes} bytes of noise)` : "";
  return `  ${device.padEnd(20)} ${driver.padEnd(15)} ${state.padEnd(9)}${trouble}${noise} ${last}`;
}

type Words = { readonly [Kind in ObservationKind]: (seen: Extract<Observation, { kind: Kind }>) => string };

const words: Words = {
  tag: (observation) => `tag ${observation.epcHex} ${observation.change}`,
  scan: (observation) => `scan ${observation.aim ?? ""} ${observation.text}`,
  weight: (observation) => `${observation.value} ${observation.unit}`,
  button: (observation) => `${observation.button} ${observation.change}`,
  passage: (observation) => `somebody went ${observation.direction}`,
  presence: (observation) => (observation.present ? "somebody is there" : "nobody is there"),
  printer: (observation) => `paper ${observation.paper}, cover ${observation.cover}`,
  action: (observation) => observation.action.kind,
  answer: (observation) => `command ${observation.outcome}`,
  health: (observation) => observation.state,
};

const observationWords = <Kind extends ObservationKind>(seen: Extract<Observation, { kind: Kind }>): string =>
  words[seen.kind](seen);

function statusLines({ queue, cases, backlog, positions, uplinkUp }: GatewayStatus): readonly string[] {
  const waiting = queue.map(
    ({ service, priorityClass, waiting: count }) => `${service}/${priorityClass} ${count}`,
  );
  return [
    `QUEUE    ${waiting.join(" · ") || "nobody waits"}`,
    `RETURNS  ${cases} cases`,
    `OUTBOX   backlog ${backlog} · last event ${positions.evt.last} · uplink ${uplinkUp ? "up" : "down"}`,
  ];
}

function headquartersLine({ receiver }: DemoHeadquarters, books: Books): string {
  const { stored, doubled } = receiver.counts();
  const balance = books.balance();
  return (
    `HQ       holds ${stored} events (${doubled} came twice and were dropped) · ` +
    `caused ${balance.caused}, on their way ${balance.lost}, doubled ${balance.doubled}`
  );
}

/** Cut to the terminal's width, wide characters counted as they show. */
function fitted(line: string): string {
  const columns = process.stdout.columns ?? columnsDefault;
  if (stringWidth(line) <= columns) return line;
  let cut = "";
  for (const character of line) {
    if (stringWidth(cut + character) >= columns) break;
    cut += character;
  }
  return `${cut}…`;
}
