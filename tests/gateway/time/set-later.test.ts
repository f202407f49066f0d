import { afterEach, describe, expect, test } from "vitest";
import { objectEventId } from "../../../protocols/epcis/object-event.ts";
import { eventTypes } from "../../../protocols/events.ts";
import type { QueueAction } from "../../../protocols/readings.ts";
import { epcisErrors, epcisSchemaThere } from "../epcis-schema.ts";
import { arrived, pressed, scanned, weighed } from "../store.ts";
import { type Box, type BoxOptions, bootMs, Ear, holdMsMax, startBox } from "./unset-box.ts";

const boxes: Box[] = [];
afterEach(async () => {
  for (const { gateway } of boxes.splice(0)) await gateway.close();
});

async function start(options: Partial<BoxOptions> = {}): Promise<{ box: Box; ear: Ear }> {
  const ear = options.ear ?? new Ear();
  if (options.ear === undefined) await ear.open();
  const box = await startBox({ ...options, ear });
  boxes.push(box);
  return { box, ear };
}

const tag = "3074257bf7194e4000001a85";
const wait = (box: Box, ms: number) => box.clock.turn(ms);

/** What a clerk decides about the third customer, on a page. */
const decisions: readonly QueueAction[] = [
  { kind: "transfer", service: "advice" },
  { kind: "call-next" },
  { kind: "recall" },
  { kind: "transfer" },
  { kind: "call-next" },
  { kind: "cancel" },
  { kind: "pause" },
  { kind: "rate", score: 4 },
];

/** A short day at the store in which everything happens that makes an event. */
async function shortDay(box: Box): Promise<void> {
  const { see } = box;
  await see("printer1", "kiosk", {
    kind: "health",
    state: "absent",
    fault: "device-absent",
    noiseBytes: 0,
    droppedReadings: 0,
  });
  await see("printer1", "kiosk", {
    kind: "printer",
    online: true,
    paper: "ok",
    cover: "closed",
    error: false,
  });
  await wait(box, 5_000);
  for (const button of ["returns", "priority", "advice"]) await see("kiosk1", "kiosk", pressed(button));
  await wait(box, 7_250);
  const prints = [...box.gateway.status().queue];
  expect(prints.filter(({ waiting }) => waiting === 1)).toHaveLength(3);
  for (const [place, outcome] of (["done", "failed", "in-doubt"] as const).entries())
    await see("printer1", "kiosk", { kind: "answer", command: await commandAt(box, place), outcome });
  for (const button of ["next", "serve", "finish", "next", "no-show", "next"]) {
    await wait(box, 20_000);
    await see("buttons-counter-1", "counter-1", pressed(button));
  }
  for (const action of decisions) await see("console", "counter-1", { kind: "action", action });
  await see("beams1", "desk", { kind: "passage", direction: "in" });
  await see("sensor1", "desk", { kind: "presence", present: true });
  await wait(box, 32_000);
  await see("sensor1", "desk", { kind: "presence", present: false });
  await see("scanner1", "desk", scanned("0180614141123458216789", "]d2"));
  await wait(box, 1_500);
  await see("scale1", "desk", weighed("1.250"));
  await see("reader1", "bench", arrived(tag));
  await see("reader2", "cage", arrived(tag));
  await see("scanner1", "desk", scanned("prose", "]Q0"));
  await wait(box, 1_000);
}

async function commandAt(box: Box, place: number): Promise<string> {
  const commands = await box.outbox.documents("commands");
  const id = [...commands.keys()].find((key) => key.startsWith(`print.${place}.`));
  if (id === undefined) throw new Error(`no print ${place} waits`);
  return id;
}

/** Ids are made from chance and the wall clock; here each is known by the place where it first comes. */
function withoutIds(texts: readonly string[]): readonly unknown[] {
  const known = new Map<string, string>();
  return texts.map((text) =>
    JSON.parse(
      text.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
        const ordinal = known.get(id) ?? `id-${known.size + 1}`;
        known.set(id, ordinal);
        return ordinal;
      }),
    ),
  );
}

/** Without lengths and crowds: the minutely ones are only told while they can leave, and so the places differ. */
const inOrder = ({ texts }: Ear): readonly string[] =>
  [...texts]
    .sort(([left], [right]) => left.localeCompare(right, "en", { numeric: true }))
    .map(([, text]) => text)
    .filter((text) => !/"type":"storewire\.queue\.(length|crowd)"/.test(text))
    .map((text) => text.replace(/"sequence":"\d+"/, '"sequence":"some"'));

/** What the readings of a day do not bring about; of returns only the four steps of a small store, which weighs nothing for sale. */
const notInADay = ["storewire.alert.loss", "storewire.gateway.clock", "storewire.gateway.wear"];
const laterSteps = (type: string): boolean =>
  /^storewire\.(alert\.)?weighing/.test(type) ||
  (type.startsWith("storewire.return.") && !/\.(handed-in|inspected|stored|weighed)$/.test(type));

describe("a clock that is set after readings were committed", () => {
  test("changes nothing that HQ is told: times, business days, identities are those of a right clock", async () => {
    const right = await start({ quality: "synced" });
    await shortDay(right.box);
    const late = await start();
    await shortDay(late.box);
    expect(late.ear.texts.size).toBe(0);
    late.box.setTo(bootMs);
    // HQ confirms nothing, and a gateway asks itself about that now and then.
    await wait(late.box, 420_000);
    await wait(right.box, 420_000);
    const told = late.ear.of("storewire.gateway.clock");
    expect(told.map(({ data }) => data)).toEqual([
      { change: "set", jumpMs: bootMs, boot: "boot1", bootTime: new Date(bootMs).toISOString() },
    ]);
    const place = `tel epoch1 ${told[0]?.sequence}`;
    late.ear.texts.delete(place);
    expect(withoutIds(inOrder(late.ear))).toEqual(withoutIds(inOrder(right.ear)));
    const types = new Set<string>(right.ear.events.map(({ type }) => type));
    expect(
      Object.keys(eventTypes)
        .filter((type) => !types.has(type) && !laterSteps(type))
        .sort(),
    ).toEqual(notInADay);
  });

  test("leaves EPCIS events that are valid and named after what they say", async () => {
    const { box, ear } = await start();
    await shortDay(box);
    box.setTo(bootMs);
    await wait(box, 1_000);
    const events = ear.events.filter(({ type }) => type.startsWith("storewire.return."));
    expect(events).toHaveLength(4);
    const errorsOf = epcisSchemaThere("times that were set later") ? epcisErrors() : () => [];
    for (const { data, clock, time } of events) {
      const event = data as Readonly<Record<string, unknown>>;
      expect(clock).toBe("synced");
      expect(event["eventTime"]).toBe(time);
      expect(event["eventTimeZoneOffset"]).toBe("+01:00");
      expect(event["eventID"]).toBe(objectEventId(event));
      expect(errorsOf(event)).toEqual([]);
    }
  });

  test("lets nothing leave before its time is on disk, and lets it leave the same when asked again", async () => {
    const { box, ear } = await start();
    await box.see("kiosk1", "kiosk", pressed("returns"));
    await wait(box, 3_000);
    box.setTo(bootMs);
    box.outbox.hold();
    await wait(box, 5_000);
    expect(ear.texts.size).toBe(0);
    box.outbox.release();
    await wait(box, 1_000);
    const [issued] = ear.of("storewire.queue.ticket.issued");
    expect(issued).toMatchObject({ time: "2026-11-22T09:00:00.000Z", clock: "synced" });
    expect(issued).not.toHaveProperty("boot");
    // The same boot, another process; then another boot, whose clock is never set: HQ has confirmed nothing.
    await box.gateway.close();
    box.clock.clockQuality = "estimated";
    const restarted = await start({ ear, disk: box.disk, clock: box.clock });
    await wait(restarted.box, 1_000);
    const rebooted = await start({ ear, disk: box.disk, boot: "boot2" });
    await wait(rebooted.box, holdMsMax + 2_000);
    expect(ear.of("storewire.gateway.started").map(({ clock }) => clock)).toEqual([
      "synced",
      "synced",
      "estimated",
    ]);
  });

  test("waits with telemetry as with events, while the state says what the clock is worth", async () => {
    const { box, ear } = await start();
    await wait(box, 1_000);
    expect(ear.texts.size).toBe(0);
    expect(ear.state).toMatchObject({ online: true, clock: "estimated", telemetry: "1" });
    box.setTo(bootMs);
    await wait(box, 1_000);
    expect(ear.state).toMatchObject({ clock: "synced" });
    expect(ear.of("storewire.gateway.started")).toMatchObject([{ time: "2026-11-22T09:00:00.000Z" }]);
  });
});

describe("a clock that is not set", () => {
  test("is waited for ten minutes with the uplink up; then events leave as estimated, and somebody is told", async () => {
    const { box, ear } = await start({ linkDown: true });
    await box.see("kiosk1", "kiosk", pressed("returns"));
    await wait(box, 3 * 3_600_000);
    box.link()?.restore();
    await wait(box, holdMsMax - 1_000);
    expect(ear.texts.size).toBe(0);
    await wait(box, 3_000);
    const [issued] = ear.of("storewire.queue.ticket.issued");
    expect(issued).toMatchObject({
      time: "1970-01-01T00:00:00.000Z",
      clock: "estimated",
      boot: "boot1",
      monotonic: "0",
      data: { businessDay: "1970-01-01", number: "A-001" },
    });
    expect(ear.of("storewire.alert.gateway")).toMatchObject([
      { clock: "estimated", data: { code: "clock-unset", boot: "boot1" } },
    ]);
    // What comes now need not wait any more.
    await box.see("kiosk1", "kiosk", pressed("returns"));
    await wait(box, 0);
    expect(ear.of("storewire.queue.ticket.issued")).toHaveLength(2);
    box.setTo(bootMs);
    await box.see("kiosk1", "kiosk", pressed("returns"));
    await wait(box, 1_000);
    expect(ear.of("storewire.queue.ticket.issued").map(({ clock, data }) => [clock, data])).toMatchObject([
      ["estimated", { number: "A-001", businessDay: "1970-01-01" }],
      ["estimated", { number: "A-002", businessDay: "1970-01-01" }],
      ["synced", { number: "A-003", businessDay: "2026-11-22" }],
    ]);
    expect(ear.of("storewire.gateway.clock")).toMatchObject([
      { data: { change: "set", boot: "boot1", bootTime: "2026-11-22T09:00:00.000Z" } },
    ]);
  });

  test("is not waited for where the configuration says so", async () => {
    const { box, ear } = await start({ holdMsMax: 0 });
    await box.see("kiosk1", "kiosk", pressed("returns"));
    await wait(box, 0);
    expect(ear.of("storewire.queue.ticket.issued")).toMatchObject([{ clock: "estimated", boot: "boot1" }]);
    expect(ear.of("storewire.alert.gateway")).toEqual([]);
  });
});
