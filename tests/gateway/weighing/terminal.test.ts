import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { receiptOf } from "../../../drivers/families/parts/receipt.ts";
import { pendingLabelsMax } from "../../../gateway/weighing/pending-labels.ts";
import { weighingService } from "../../../gateway/weighing/weighing-service.ts";
import type { DeviceCommand } from "../../../protocols/commands.ts";
import { type EventDraft, eventTypes } from "../../../protocols/events.ts";
import type { ElementString } from "../../../protocols/gs1/digital-link-uri.ts";
import type { Observation, Stamp } from "../../../protocols/readings.ts";
import { codeOn, paperOf } from "../../paper.ts";
import { readingsOf, scanned, stepper, storeConfiguration } from "../store.ts";

const milk = "4006381333931";
const gtin = `0${milk}`;
const sscc = "095211411234567892";
type WeighingInput = NonNullable<
  Parameters<Parameters<typeof storeConfiguration>[0] & object>[0]["weighing"]
>;

function terminal(weighing: WeighingInput = {}, hasPrinter = true) {
  const configuration = storeConfiguration((site) => {
    site.readPoints?.push({ id: "scale", role: "weighing", extension: "SCALE1" });
    site.site.name = "Spandau";
    site.weighing = {
      printers: hasPrinter ? [{ terminal: "scale", device: "printer1" }] : [],
      products: [
        {
          gtin,
          name: "Gouda, young",
          nameChinese: "高达奶酪",
          keepDays: 3,
          advice: "Keep below 7 C",
          adviceChinese: "7度以下冷藏",
        },
      ],
      parcels: [{ sscc, kilograms: "12.500" }],
      ...weighing,
    };
  });
  const store = stepper(weighingService(configuration));
  const reading = readingsOf();
  const see = (observation: Observation, atMs?: number, at: Partial<Stamp> = {}, readPoint = "scale") =>
    store.step({
      kind: "reading",
      reading: reading({
        device: "device1",
        readPoint,
        observation,
        ...(atMs !== undefined && { atMs }),
        at,
      }),
    });
  const weigh = (value: string, unit = "kg", stable = true, atMs?: number) =>
    see({ kind: "weight", value, unit, stable }, atMs);
  const answer = (command: string, outcome: "done" | "failed" | "in-doubt") =>
    see({ kind: "answer", command, outcome }, undefined, {}, "kiosk");
  return { ...store, see, weigh, answer };
}

const textsOf = ([command]: readonly DeviceCommand[]): string[] =>
  command?.task.kind === "print"
    ? command.task.elements.flatMap((element) => ("content" in element ? [element.content] : []))
    : [];
const dataOf = ([draft]: readonly EventDraft[]) => draft?.data;
const valid = (drafts: readonly EventDraft[]) => {
  for (const { type, data } of drafts) expect(eventTypes[type].data.safeParse(data).error).toBeUndefined();
  return drafts;
};

describe("a weighing terminal", () => {
  it("prints a label for what lies on the scale when its code is scanned, and tells of it once it is out", () => {
    const { weigh, see, answer, documents } = terminal();
    expect(weigh("1.254")).toMatchObject({ events: [], commands: [] });
    const { commands, events } = see(scanned(milk, "]E0"), 3_600_000);
    expect(events).toEqual([]);
    expect(commands).toHaveLength(1);
    expect(commands[0]?.device).toBe("printer1");
    expect(textsOf(commands)).toEqual([
      "Spandau",
      "高达奶酪",
      "Gouda, young",
      "净重 Net 1.254 kg",
      "包装 Packed 2026-01-05 10:00",
      "最佳食用 Best eaten by 2026-01-08",
      "7度以下冷藏",
      "Keep below 7 C",
      `01${gtin}310300125415260108`,
      `(01)${gtin}(3103)001254(15)260108`,
    ]);
    const told = answer(String(commands[0]?.id), "done").events;
    expect(valid(told)).toMatchObject([
      {
        type: "storewire.weighing.labelled",
        subject: `https://id.gs1.org/01/${gtin}`,
        timeMs: Date.UTC(2026, 0, 5, 9),
        data: {
          terminal: "scale",
          value: "1.254",
          unit: "kg",
          kilograms: "1.254",
          gtin,
          printed: true,
          packedAt: "2026-01-05T09:00:00.000Z",
          bestBefore: "2026-01-08",
          label: `(01)${gtin}(3103)001254(15)260108`,
        },
      },
    ]);
    expect(answer(String(commands[0]?.id), "done").events).toEqual([]);
    expect([...documents.keys()]).toEqual(["load/scale"]);
  });

  it("takes code and weight in either order, grams exactly, and not what comes too late or does not rest", () => {
    const first = terminal({}, false);
    first.see(scanned(milk, "]E0"), 0);
    expect(first.weigh("500", "g", false, 1_000).events).toEqual([]);
    expect(valid(first.weigh("505", "g", true, 59_000).events)).toMatchObject([
      { data: { value: "505", unit: "g", kilograms: "0.505", printed: false } },
    ]);
    expect(first.weigh("510", "g", true, 59_500).events).toEqual([]);
    const late = terminal({}, false);
    late.see(scanned(milk, "]E0"), 0);
    expect(late.weigh("505", "g", true, 61_001).events).toEqual([]);
  });

  it.each(["0.000", "-0.020"])("holds %s kg for an empty scale", (value) => {
    const { weigh, see } = terminal({}, false);
    weigh("1.000");
    weigh(value);
    expect(see(scanned(milk, "]E0")).events).toEqual([]);
  });

  it("leaves room for a pen where no clock vouches for the date", () => {
    const { weigh, see, answer } = terminal();
    weigh("1.000");
    const { commands } = see(scanned(milk, "]E0"), undefined, { clock: "estimated", boot: "boot9" });
    expect(textsOf(commands)).toContain("最佳食用 Best eaten by ____-__-__");
    expect(textsOf(commands)).toContain(`01${gtin}3100000001`);
    const data = dataOf(answer(String(commands[0]?.id), "done").events);
    expect(data).not.toHaveProperty("packedAt");
    expect(data).not.toHaveProperty("bestBefore");
  });

  it("prints no barcode for a weight that six digits cannot say, or in a unit that has none", () => {
    const { weigh, see } = terminal();
    weigh("1.2345678");
    expect(textsOf(see(scanned(milk, "]E0")).commands).join()).not.toContain("(01)");
    weigh("2.5", "lb");
    const texts = textsOf(see(scanned(milk, "]E0")).commands);
    expect(texts).toContain("净重 Net 2.5 lb");
    expect(texts.join()).not.toContain("(01)");
  });

  it.each(["failed", "in-doubt"] as const)(
    "tells of a label that is %s, and prints it not again by itself",
    (outcome) => {
      const { weigh, see, answer } = terminal();
      weigh("1.000");
      const { commands } = see(scanned(milk, "]E0"));
      const { events, commands: more } = answer(String(commands[0]?.id), outcome);
      expect(valid(events)).toMatchObject([
        {
          type: "storewire.alert.weighing",
          subject: `https://id.gs1.org/01/${gtin}`,
          data: {
            code: "weighing-label-missing",
            missing: { gtin, kilograms: "1", label: expect.any(String) },
          },
        },
      ]);
      expect(more).toEqual([]);
    },
  );

  it("tells of a product that nobody put into the table", () => {
    const { weigh, see } = terminal();
    weigh("1.000");
    expect(valid(see(scanned("4012345678901", "]E0")).events)).toMatchObject([
      { type: "storewire.alert.weighing", data: { code: "weighing-product-unknown", terminal: "scale" } },
    ]);
  });

  it("prints no more labels than may wait for a printer that is away, and tells of each that is missing", () => {
    const { weigh, see, documents, answer } = terminal();
    weigh("1.254");
    const scan = () => see(scanned(milk, "]E0"));
    const ids = Array.from({ length: pendingLabelsMax }, () => String(scan().commands[0]?.id));
    for (let more = 0; more < 3; more += 1) {
      const { commands, events } = scan();
      expect(commands).toEqual([]);
      expect(valid(events)).toMatchObject([
        {
          type: "storewire.alert.weighing",
          data: {
            code: "weighing-label-missing",
            terminal: "scale",
            cause: expect.stringContaining("printer1"),
            missing: { gtin, name: "Gouda, young", value: "1.254", unit: "kg", kilograms: "1.254" },
          },
        },
      ]);
      expect(events[0]?.data).not.toHaveProperty("missing.printed");
    }
    expect([...documents.keys()].filter((key) => key.startsWith("label/"))).toHaveLength(pendingLabelsMax);
    // The printer is back: each label that it was given is told of, one way or the other, and there is room again.
    const told = ids.map((id, index) => answer(id, index % 2 === 0 ? "done" : "failed").events);
    expect(told.map(([event]) => event?.type)).toEqual(
      ids.map((_, index) => (index % 2 === 0 ? "storewire.weighing.labelled" : "storewire.alert.weighing")),
    );
    expect(scan().commands).toHaveLength(1);
  });

  it.each(["absent", "opening", "faulted"] as const)("forgets the load of a scale that is %s", (state) => {
    const { weigh, see } = terminal({}, false);
    const health = { kind: "health", state, noiseBytes: 0, droppedReadings: 0 } as const;
    weigh("1.000");
    see(health, undefined, {}, "desk");
    see({ ...health, state: "degraded" });
    expect(see(scanned(milk, "]E0")).events).toHaveLength(1);
    see(health);
    expect(see(scanned(milk, "]E0")).events).toEqual([]);
    expect(weigh("2.000").events).toMatchObject([{ data: { value: "2.000" } }]);
  });

  it("prints in bars exactly the weight that its event says, whatever a scale sends", () => {
    const digits = fc.tuple(fc.integer({ min: 1, max: 9_999_999 }), fc.integer({ min: 0, max: 7 }));
    fc.assert(
      fc.property(digits, fc.constantFrom("kg", "g", "mg", "t", "lb", "KG"), ([number, places], unit) => {
        const text = String(number).padStart(places + 1, "0");
        const { weigh, see, answer } = terminal();
        weigh(places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`, unit);
        const [command] = see(scanned(milk, "]E0")).commands;
        const [event] = valid(answer(String(command?.id), "done").events);
        const { kilograms = "", label = "" } = (event?.data ?? {}) as { kilograms?: string; label?: string };
        const ais = codeOf(command);
        expect(ais.map(([ai, content]) => `(${ai})${content}`).join("")).toBe(label);
        const weight = ais.find(([ai]) => ai.startsWith("310"));
        if (weight !== undefined) expect(exactOf(weight)).toBe(kilograms);
      }),
      { numRuns: 300 },
    );
  });

  it("is deaf to scales and scanners of other places", () => {
    const { see } = terminal({}, false);
    see({ kind: "weight", value: "1.0", unit: "kg", stable: true }, undefined, {}, "desk");
    expect(see(scanned(milk, "]E0"), undefined, {}, "desk").events).toEqual([]);
  });
});

describe("a parcel on a weighing terminal", () => {
  it.each([
    ["right by the configuration", `00${sscc}`, "12.54", "right", "12.500", "configuration", "0.04"],
    ["too light by the configuration", `00${sscc}`, "12.1", "different", "12.500", "configuration", "-0.4"],
    ["right by its own label", `00${sscc}3302001000`, "10.05", "right", "10", "label", "0.05"],
    ["too heavy by its own label", `00${sscc}3302001000`, "12.5", "different", "10", "label", "2.5"],
  ])("is %s", (_, code, value, ...finding) => {
    const [outcome, announced, announcedBy, difference] = finding;
    const { weigh, see } = terminal();
    weigh(value);
    const { events } = see(scanned(code, "]C1"));
    expect(valid(events)[0]).toMatchObject({
      type: "storewire.weighing.parcel",
      subject: `https://id.gs1.org/00/${sscc}`,
      data: { sscc, outcome, announced, announcedBy, difference, kilograms: value },
    });
    expect(events.slice(1).map(({ data }) => data)).toMatchObject(
      outcome === "different"
        ? [{ code: "parcel-weight-differs", cause: expect.stringContaining(sscc) }]
        : [],
    );
  });

  it("that nobody announced is weighed all the same; one in pounds is not compared", () => {
    const { weigh, see } = terminal({ parcels: [] });
    weigh("3.5");
    expect(valid(see(scanned(`00${sscc}`, "]C1")).events)).toMatchObject([
      { data: { outcome: "unannounced" } },
    ]);
    weigh("3.5", "lb");
    expect(valid(see(scanned(`00${sscc}3302001000`, "]C1")).events)).toMatchObject([
      { data: { outcome: "not-comparable", announced: "10" } },
    ]);
  });
});

/** What a scanner reads from the paper of a print. */
function codeOf(command: DeviceCommand | undefined): readonly ElementString[] {
  const elements = command?.task.kind === "print" ? command.task.elements : [];
  return codeOn(paperOf(receiptOf(elements, { encoding: "gb18030", paperMm: 80 }).bytes));
}

/** AI 310n as an exact decimal without idle zeros. */
function exactOf([ai, digits]: ElementString): string {
  const places = Number(ai.at(-1));
  const whole = String(Number(digits.slice(0, digits.length - places)));
  const fraction = digits.slice(digits.length - places).replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
