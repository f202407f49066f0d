import { describe, expect, test } from "vitest";
import { queueService } from "../../gateway/queue/queue-service.ts";
import { deviceCommandSchema } from "../../protocols/commands.ts";
import { morningMs, pressed, readingsOf, stepper, storeConfiguration } from "./store.ts";

const queueStore = (waitingMax?: number) => {
  const configuration = storeConfiguration((site) => {
    if (waitingMax !== undefined && site.queue !== undefined) site.queue.waitingMax = waitingMax;
  });
  const store = stepper(queueService(configuration));
  const reading = readingsOf();
  return {
    ...store,
    kiosk: (
      button: string,
      at: { atMs?: number; clock?: "synced" | "estimated"; monotonicMs?: number; boot?: string } = {},
    ) =>
      store.step({
        kind: "reading",
        reading: reading({
          device: "kiosk1",
          readPoint: "kiosk",
          observation: pressed(button),
          ...(at.atMs === undefined ? {} : { atMs: at.atMs }),
          at: {
            clock: at.clock ?? "synced",
            ...(at.monotonicMs === undefined ? {} : { monotonicMs: at.monotonicMs }),
            ...(at.boot === undefined ? {} : { boot: at.boot }),
          },
        }),
      }),
    tick: (atMs = 0) => store.step({ kind: "tick" }, { wallMs: morningMs + atMs, monotonicMs: atMs }).events,
    counter: (button: string, counter = "counter-1", atMs?: number) =>
      store.read(
        reading({
          device: `buttons-${counter}`,
          readPoint: counter,
          observation: pressed(button),
          ...(atMs === undefined ? {} : { atMs }),
        }),
      ),
    answer: (command: string, outcome: "done" | "failed" | "in-doubt", fault?: string) =>
      store.read(
        reading({
          device: "printer1",
          readPoint: "kiosk",
          observation: { kind: "answer", command, outcome, ...(fault === undefined ? {} : { fault }) },
        }),
      ),
  };
};

const dayMs = 86_400_000;
interface Told {
  readonly type: string;
  readonly data: unknown;
}
type TicketData = Partial<Record<"number" | "businessDay" | "service" | "priorityClass", string>> & {
  readonly waiting?: number;
};
const ticketIn = (event: Told | undefined): TicketData => event?.data ?? {};
const numbersOf = (events: readonly Told[]) =>
  events
    .filter(({ type }) => type === "storewire.queue.ticket.issued")
    .map((event) => ticketIn(event).number);
const words = (events: readonly Told[]) =>
  events.map((event) => {
    const { number, waiting, service, priorityClass } = ticketIn(event);
    const { counter, state } = (event.data ?? {}) as { readonly counter?: string; readonly state?: string };
    const changed = waiting === undefined ? `${counter} ${state}` : `${service}/${priorityClass} ${waiting}`;
    const what = number ?? changed;
    return `${event.type.replace("storewire.queue.", "")} ${what}`;
  });

describe("a press at the kiosk", () => {
  test("issues a numbered ticket, tells the length, and prints", () => {
    const store = queueStore();
    const { events, commands } = store.kiosk("returns");
    expect(words(events)).toEqual(["ticket.issued A-001"]);
    expect(events[0]).toMatchObject({
      origin: "kiosk1",
      data: { businessDay: "2026-01-05", service: "returns" },
    });
    expect(commands).toHaveLength(1);
    const command = deviceCommandSchema.parse(commands[0]);
    expect(command.device).toBe("printer1");
    if (command.task.kind !== "print") throw new Error("no print");
    const text = command.task.elements.map((element) =>
      element.kind === "text" ? element.content : element.kind,
    );
    expect(text).toEqual([
      "store-0042",
      "退货",
      "Returns",
      "feed",
      "A-001",
      "feed",
      "前面等候 Waiting before you: 0",
      "请留意叫号 Please wait for your number",
      "2026-01-05 09:00",
      "feed",
      "cut",
    ]);
  });

  test("counts each service by itself, and only those ahead of the ticket", () => {
    const store = queueStore();
    store.kiosk("returns");
    store.kiosk("advice");
    const regular = store.kiosk("returns");
    const priority = store.kiosk("priority");
    expect(numbersOf(regular.events)).toEqual(["A-002"]);
    expect(numbersOf(priority.events)).toEqual(["A-003"]);
    expect(JSON.stringify(regular.commands)).toContain("Waiting before you: 1");
    expect(JSON.stringify(priority.commands)).toContain("Waiting before you: 0");
  });

  test("means nothing on a button that nobody configured", () => {
    const store = queueStore();
    expect(store.kiosk("unknown").events).toEqual([]);
    expect(store.documents.size).toBe(0);
  });
});

describe("numbers", () => {
  test("begin again with the shop's own day", () => {
    const store = queueStore();
    store.kiosk("returns");
    // 23:30 in Berlin is still the same day, 00:30 is not, though UTC says otherwise.
    expect(numbersOf(store.kiosk("returns", { atMs: 14.5 * 3_600_000 }).events)).toEqual(["A-002"]);
    expect(numbersOf(store.kiosk("returns", { atMs: 15.5 * 3_600_000 }).events)).toEqual(["A-001"]);
  });

  test("are not used again when the clock jumps back, and not when it comes forward again", () => {
    const store = queueStore();
    const seen: string[] = [];
    let monotonicMs = 0;
    const press = (atMs: number) => {
      monotonicMs += 1_000;
      const [event] = store.kiosk("returns", { atMs, monotonicMs }).events;
      const issued = ticketIn(event);
      seen.push(`${issued.businessDay} ${issued.number}`);
    };
    press(0);
    press(1);
    press(dayMs);
    press(0);
    press(dayMs + 1);
    press(-20_000 * dayMs);
    press(dayMs + 2);
    expect(seen).toEqual([
      "2026-01-05 A-001",
      "2026-01-05 A-002",
      "2026-01-06 A-003",
      "2026-01-05 A-004",
      "2026-01-06 A-005",
      "1971-04-04 A-006",
      "2026-01-06 A-007",
    ]);
  });

  test("are in one hand only when a box without a clock battery starts in 1970 at noon", () => {
    const store = queueStore();
    const press = (atMs: number, at: Parameters<typeof store.kiosk>[1] = {}) =>
      ticketIn(store.kiosk("returns", { atMs, ...at }).events[0]).number;
    expect([press(0), press(1)]).toEqual(["A-001", "A-002"]);
    const unset = { clock: "estimated", boot: "boot2", monotonicMs: 5 } as const;
    expect(press(-20_000 * dayMs, unset)).toBe("A-003");
    expect(press(60_000)).toBe("A-004");
  });

  test("come back to one a day when a wrong clock had invented a far day, but not while its tickets are in hands", () => {
    const store = queueStore();
    const press = (atMs: number, monotonicMs: number) =>
      numbersOf(store.kiosk("returns", { atMs, monotonicMs }).events);
    expect(press(3_650 * dayMs, 0)).toEqual(["A-001"]);
    expect(press(0, 1_000)).toEqual(["A-002"]);
    expect(press(dayMs, dayMs - 1)).toEqual(["A-003"]);
    expect(press(dayMs + 1, dayMs)).toEqual(["A-004"]);
    expect(press(2 * dayMs, 2 * dayMs)).toEqual(["A-001"]);
  });
});

test("a ticket says when it was drawn, but not by a clock that was not set", () => {
  const store = queueStore();
  const linesOf = (at: Parameters<typeof store.kiosk>[1]) => {
    const [command] = store.kiosk("returns", at).commands;
    const elements = command?.task.kind === "print" ? command.task.elements : [];
    return elements.flatMap((element) => (element.kind === "text" ? [element.content] : []));
  };
  const [known, unknown] = [linesOf({}), linesOf({ clock: "estimated", boot: "boot2" })];
  expect(known.at(-1)).toBe("2026-01-05 09:00");
  expect(unknown.at(-1)).toBe("请留意叫号 Please wait for your number");
  expect(unknown).toHaveLength(known.length - 1);
});

describe("the printer's answer", () => {
  test("is told once, with what went wrong", () => {
    const store = queueStore();
    const [first, second] = [store.kiosk("returns").commands[0], store.kiosk("returns").commands[0]];
    expect(words(store.answer(first?.id ?? "", "done"))).toEqual(["ticket.printed A-001"]);
    expect(store.answer(first?.id ?? "", "done")).toEqual([]);
    const failed = store.answer(second?.id ?? "", "in-doubt", "command-interrupted");
    expect(failed[0]).toMatchObject({
      type: "storewire.queue.ticket.print-failed",
      data: { number: "A-002", outcome: "in-doubt", fault: "command-interrupted" },
    });
    expect(store.answer("print.0.of-somebody-else", "done")).toEqual([]);
  });

  test("is remembered for a bounded number of tickets", () => {
    const store = queueStore(900);
    const commands = Array.from({ length: 300 }, () => store.kiosk("returns").commands[0]?.id ?? "");
    expect([...store.documents.keys()].filter((key) => key.startsWith("print/"))).toHaveLength(256);
    expect(store.answer(commands[0] ?? "", "done")).toEqual([]);
    expect(words(store.answer(commands[299] ?? "", "done"))).toEqual(["ticket.printed A-300"]);
  });
});

describe("a counter", () => {
  test("calls whoever's claim is oldest, of its own services", () => {
    const store = queueStore();
    for (const button of ["advice", "returns", "returns"]) store.kiosk(button, { atMs: 1_000 });
    store.kiosk("priority", { atMs: 1_000 });
    expect(words(store.counter("next", "counter-1", 61_000))).toEqual([
      "counter.state counter-1 open",
      "ticket.called A-003",
    ]);
    // Calling on: A-003 was only called, so it never came.
    expect(words(store.counter("next", "counter-1", 62_000))).toEqual([
      "ticket.no-show A-003",
      "ticket.called B-001",
    ]);
    expect(words(store.counter("next", "counter-2", 63_000))).toEqual([
      "counter.state counter-2 open",
      "ticket.called A-001",
    ]);
  });

  test("does not call a service that is not its own", () => {
    const store = queueStore();
    store.kiosk("advice");
    expect(words(store.counter("next", "counter-2"))).toEqual(["counter.state counter-2 open"]);
  });

  test("serves and finishes; calling the next finishes who is being served", () => {
    const store = queueStore();
    store.kiosk("returns");
    store.kiosk("returns");
    expect(store.counter("serve")).toEqual([]);
    store.counter("next");
    expect(words(store.counter("serve"))).toEqual(["ticket.serving A-001"]);
    expect(store.counter("serve")).toEqual([]);
    expect(store.counter("no-show")).toEqual([]);
    expect(words(store.counter("next"))).toEqual(["ticket.served A-001", "ticket.called A-002"]);
    expect(words(store.counter("finish"))).toEqual(["ticket.served A-002"]);
    expect(store.counter("finish")).toEqual([]);
    expect(store.counter("next")).toEqual([]);
  });

  test("tells which counter and which attempt", () => {
    const store = queueStore();
    store.kiosk("returns");
    store.counter("next", "counter-2");
    const [event] = store.counter("no-show", "counter-2");
    expect(event).toMatchObject({
      type: "storewire.queue.ticket.no-show",
      data: { counter: "counter-2", attempt: 1, number: "A-001" },
    });
  });
});

describe("a full waiting area", () => {
  test("refuses with one alert until there is room again", () => {
    const store = queueStore(2);
    store.kiosk("returns");
    store.kiosk("advice");
    const refused = store.kiosk("returns");
    expect(refused.events).toMatchObject([{ type: "storewire.alert.gateway", data: { code: "queue-full" } }]);
    expect(refused.commands).toEqual([]);
    expect(store.kiosk("returns").events).toEqual([]);
    store.counter("next");
    expect(numbersOf(store.kiosk("returns").events)).toEqual(["A-002"]);
    expect(store.kiosk("returns").events).toMatchObject([{ data: { code: "queue-full" } }]);
  });
});
