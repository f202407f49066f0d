import { afterEach, describe, expect, it } from "vitest";
import type { EventDraft } from "../../../protocols/events.ts";
import { scaleBenches } from "../../drivers/families/scale-benches.ts";
import { codeOn } from "../../paper.ts";
import { cheese, ham, parcel, type TerminalOptions, WeighingTerminal } from "./weighing-terminal.ts";

const [first] = scaleBenches;
if (first === undefined) throw new Error("there are scales");
let terminal: WeighingTerminal | undefined;
afterEach(async () => terminal?.close());

async function open(options: Partial<TerminalOptions> = {}): Promise<WeighingTerminal> {
  terminal = new WeighingTerminal({ scale: first as TerminalOptions["scale"], ...options });
  await terminal.clock.turn(5_000);
  return terminal;
}

const typesOf = (events: readonly EventDraft[]): string[] => events.map(({ type }) => type);
const codeOf = (label: readonly string[] = []) => Object.fromEntries(codeOn(label));

describe.each(scaleBenches.map((bench) => [bench.name + bench.as, bench] as const))(
  "a weighing terminal with %s",
  (_, scale) => {
    it("labels what rests on it, once a scan, with the weight of the event, and never with that of the goods before", async () => {
      const at = await open({ scale });
      await at.puts(1_254);
      await at.scans(cheese.ean);
      const [event, ...more] = at.told();
      expect(more).toEqual([]);
      expect(event).toMatchObject({
        type: "storewire.weighing.labelled",
        data: { kilograms: "1.254", gtin: cheese.gtin, printed: true, bestBefore: "2026-01-08" },
      });
      const [label, ...others] = at.labels();
      expect(others).toEqual([]);
      expect(label).toEqual([
        "Spandau",
        "高达奶酪 (x2)",
        "Gouda, young (bold)",
        "净重 Net 1.254 kg (x2) (bold)",
        "包装 Packed 2026-01-05 09:00",
        "最佳食用 Best eaten by 2026-01-08",
        "Keep cold",
        `||| GS1-128 01${cheese.gtin}310300125415260108`,
        `(01)${cheese.gtin}(3103)001254(15)260108`,
      ]);
      expect(codeOf(label)).toEqual({ "01": cheese.gtin, "3103": "001254", "15": "260108" });

      // The next goods, whose code comes before they lie there.
      await at.puts(0);
      await at.scans(cheese.ean, "]E0", 2_000);
      expect(at.told()).toEqual([]);
      await at.puts(460, 12_000);
      expect(at.told()).toMatchObject([{ type: "storewire.weighing.labelled", data: { kilograms: "0.46" } }]);
      expect(codeOf(at.labels()[1])["3102"]).toBe("000046");
      expect(at.labels()).toHaveLength(2);
    });

    it("labels nothing that moves", async () => {
      const at = await open({ scale: { ...scale, options: { ...scale.options, motionMs: 6_000 } } });
      await at.puts(700, 2_000);
      await at.scans(cheese.ean, "]E0", 2_000);
      expect(at.told()).toEqual([]);
      await at.clock.turn(15_000);
      expect(at.told()).toMatchObject([{ data: { kilograms: "0.7" } }]);
      // Something more is laid on it: until that rests, a scan has no weight.
      await at.puts(900, 1_500);
      await at.scans(cheese.ean, "]E0", 1_000);
      expect(at.told()).toEqual([]);
      await at.clock.turn(15_000);
      expect(at.told()).toMatchObject([{ data: { kilograms: "0.9" } }]);
      expect(at.labels()).toHaveLength(2);
    });
  },
);

describe("a weighing terminal whose scale has a tare key", () => {
  it.each(
    scaleBenches
      .filter(({ commands }) => commands.includes("tare"))
      .map((bench) => [bench.name + bench.as, bench] as const),
  )("labels the net weight (%s)", async (_, scale) => {
    const at = await open({ scale });
    await at.puts(200);
    await at.happens("scale", { kind: "key", key: "tare" }, 3_000);
    await at.puts(1_450);
    await at.scans(cheese.ean);
    expect(at.told()).toMatchObject([{ data: { kilograms: "1.25" } }]);
    expect(at.labels()[0]).toContain("净重 Net 1.250 kg (x2) (bold)");
    // The box comes off with its content: less than nothing lies there.
    await at.puts(0);
    await at.scans(cheese.ean, "]E0", 70_000);
    expect(at.told()).toEqual([]);
  });
});

describe("a weighing terminal", () => {
  it("whose paper is out tells of each label that is missing, and prints none of them later by itself", async () => {
    const at = await open();
    await at.puts(1_254);
    await at.happens("printer", { kind: "paper", paper: "end" }, 3_000);
    await at.scans(cheese.ean);
    expect(at.told()).toMatchObject([
      {
        type: "storewire.alert.weighing",
        data: {
          code: "weighing-label-missing",
          cause: expect.stringContaining("failed, paper-end"),
          missing: { kilograms: "1.254", gtin: cheese.gtin },
        },
      },
    ]);
    await at.happens("printer", { kind: "paper", paper: "ok" }, 30_000);
    expect([at.told(), at.labels()]).toEqual([[], []]);
    await at.scans(cheese.ean);
    expect(typesOf(at.told())).toEqual(["storewire.weighing.labelled"]);
    expect(at.labels()).toHaveLength(1);
  });

  it("whose roll ends within a label says that it is in doubt, and has it again only when the clerk scans again", async () => {
    const at = await open();
    await at.puts(1_254);
    await at.happens("printer", { kind: "paper-ends-before-cut" });
    await at.scans(cheese.ean);
    expect(at.told()).toMatchObject([
      { data: { code: "weighing-label-missing", cause: expect.stringContaining("in-doubt, paper-end") } },
    ]);
    await at.happens("printer", { kind: "paper", paper: "ok" }, 30_000);
    expect(at.told()).toEqual([]);
    expect(at.labels()).toHaveLength(1);
    await at.scans(cheese.ean);
    expect(typesOf(at.told())).toEqual(["storewire.weighing.labelled"]);
  });

  it("whose printer is unplugged and comes back loses none and doubles none", async () => {
    const at = await open();
    await at.puts(1_254);
    await at.unplugs("printer");
    await at.scans(cheese.ean);
    expect(at.told()).toMatchObject([{ data: { code: "weighing-label-missing" } }]);
    await at.replugs("printer");
    await at.clock.turn(60_000);
    expect([at.told(), at.labels()]).toEqual([[], []]);
    await at.scans(cheese.ean);
    expect(at.labels()).toHaveLength(1);
  });

  it("whose scale is unplugged, and loaded anew meanwhile, does not label with what it remembers", async () => {
    const at = await open();
    await at.puts(1_254);
    await at.unplugs("scale");
    await at.clock.turn(2_000);
    await at.puts(460, 1_000);
    await at.scans(cheese.ean, "]E0", 4_000);
    expect(at.told()).toEqual([]);
    await at.replugs("scale");
    await at.clock.turn(50_000);
    expect(at.told()).toMatchObject([{ data: { kilograms: "0.46" } }]);
  });

  it("without a printer tells the weight; of a product that is in no table it tells as well", async () => {
    const at = await open({ hasPrinter: false });
    await at.puts(1_254);
    await at.scans(cheese.ean);
    expect(at.told()).toMatchObject([{ data: { kilograms: "1.254", printed: false } }]);
    await at.scans(ham.ean);
    expect(at.told()).toMatchObject([
      { data: { code: "weighing-product-unknown", cause: expect.stringContaining(ham.gtin) } },
    ]);
    expect(at.labels()).toEqual([]);
  });

  it.each([
    { by: "HQ's table", code: parcel, grams: 12_480, outcome: "right", announced: "12.500" },
    { by: "HQ's table", code: parcel, grams: 11_900, outcome: "different", announced: "12.500" },
    { by: "its own label", code: `${parcel}3302001000`, grams: 10_050, outcome: "right", announced: "10" },
    {
      by: "its own label",
      code: `${parcel}3302001000`,
      grams: 12_500,
      outcome: "different",
      announced: "10",
    },
  ])("weighs a parcel by $by: $outcome", async ({ code, grams, outcome, announced }) => {
    const at = await open();
    await at.puts(grams);
    await at.scans(`00${code}`, "]C1");
    const told = at.told();
    expect(told[0]).toMatchObject({
      type: "storewire.weighing.parcel",
      data: { sscc: parcel, outcome, announced },
    });
    expect(typesOf(told.slice(1))).toEqual(outcome === "different" ? ["storewire.alert.weighing"] : []);
    expect(at.labels()).toEqual([]);
  });
});
