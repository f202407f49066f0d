import { choose, comings, within } from "./chance.ts";
import type { World } from "./returns-flow.ts";
import type { QueueFlow } from "./scenario-schema.ts";
import type { ExpectedEvent, TimedAction } from "./timed-action.ts";
import { stimulate } from "./timed-action.ts";

/** Presses of one panel are at least so far apart: people wait for their ticket, and buttons are deaf for a while. */
const pressGapMs = 2_000;
/** Before a ticket can be called it must have been drawn. */
const drawnMs = 1_500;
/** A ticket is printed and looked after within this time. */
const printMs = 12_000;
/** A clerk's breath between two customers. */
const betweenMs = [2_000, 6_000] as const;
const holdMs = [80, 260] as const;

/** Customers draw tickets; counters call, serve and finish, each one customer at a time. */
export function planQueue(flow: QueueFlow, durationMs: number, world: World): readonly TimedAction[] {
  const arrivals = planArrivals(flow, durationMs, world);
  const free = flow.counters.map(() => 0);
  const actions = [...arrivals];
  // Once it is not sure who waits, no call is sure either.
  let certain = true;
  for (const { atMs, expected } of arrivals) {
    certain &&= expected.every((event) => event.certain || event.type !== "storewire.queue.ticket.issued");
    const place = free.indexOf(Math.min(...free));
    const counter = flow.counters[place];
    if (counter === undefined) continue;
    const callMs = Math.max(atMs + drawnMs, free[place] ?? 0);
    const served = atCounter(counter, callMs, { ...world, flow, certain });
    free[place] = served.freeMs;
    actions.push(...served.actions);
  }
  return actions;
}

function planArrivals(
  { customerEveryMs, kiosk }: QueueFlow,
  durationMs: number,
  { random, isBlind }: World,
): readonly TimedAction[] {
  const { buttons, printer } = kiosk;
  const lines = Object.entries(kiosk.lines);
  let freeMs = 0;
  return comings(random, customerEveryMs, durationMs).map((comesMs) => {
    const atMs = Math.max(comesMs, freeMs);
    freeMs = atMs + pressGapMs;
    const line = choose(random, lines) ?? "";
    const issued = { type: "storewire.queue.ticket.issued", certain: !isBlind(buttons, atMs) } as const;
    const expected: ExpectedEvent[] = [issued];
    if (printer !== undefined) {
      const isSound = !isBlind(printer, atMs) && !isBlind(printer, atMs + printMs);
      expected.push({ type: "storewire.queue.ticket.printed", certain: issued.certain && isSound });
    }
    return stimulate(atMs, buttons, press(line, within(random, holdMs)), ...expected);
  });
}

function atCounter(
  { buttons, lines }: QueueFlow["counters"][number],
  callMs: number,
  { random, isBlind, flow, certain }: World & { readonly flow: QueueFlow; readonly certain: boolean },
): { readonly freeMs: number; readonly actions: readonly TimedAction[] } {
  const serveMs = callMs + Math.max(pressGapMs, within(random, flow.walkMs));
  const finishMs = serveMs + Math.max(pressGapMs, within(random, flow.serveMs));
  const sure = certain && ![callMs, serveMs, finishMs].some((atMs) => isBlind(buttons, atMs));
  const step = (atMs: number, line: string, type: ExpectedEvent["type"]): TimedAction =>
    stimulate(atMs, buttons, press(line, within(random, holdMs)), { type, certain: sure });
  return {
    freeMs: finishMs + within(random, betweenMs),
    actions: [
      step(callMs, lines.call, "storewire.queue.ticket.called"),
      step(serveMs, lines.serve, "storewire.queue.ticket.serving"),
      step(finishMs, lines.finish, "storewire.queue.ticket.served"),
    ],
  };
}

const press = (line: string, held: number) => ({ kind: "press", line, holdMs: Math.round(held) }) as const;
