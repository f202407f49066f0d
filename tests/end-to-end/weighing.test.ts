import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../cli/system.ts";
import { localTimes } from "../../gateway/local-time.ts";
import type { StorewireEvent } from "../../protocols/events.ts";
import { seededRandom } from "../../protocols/random.ts";
import { readingSchema } from "../../protocols/readings.ts";
import { carryOnPty, type PtyDevice } from "../../simulators/carriers/on-pty.ts";
import { createSimulator } from "../../simulators/catalog.ts";
import type { Stimulus } from "../../simulators/stimuli.ts";
import { answerOf } from "../cli/command-answer.ts";
import { codeOn, labelsOf, PrinterTap } from "../paper.ts";
import { realBrokerThere } from "../real-broker.ts";
import { siteConfiguration } from "../site.ts";
import type { StorewireProcess } from "../storewire-process.ts";
import { waitUntil } from "../wait-until.ts";
import { deadlineMs, RunningSite, ready } from "./running-site.ts";

const testMs = 4 * deadlineMs;
const clock = systemClock();
const gtin = "04006381333931";
const serial = (path: string, more: object = {}) => ({ kind: "serial" as const, path, ...more });

/** A terminal of a cheese counter: simulated devices on pseudo-terminals, everything else as on site. */
class CheeseCounter {
  readonly printer = new PrinterTap();
  readonly site: RunningSite;
  readonly #scale: PtyDevice<Stimulus>;
  readonly #scanner: PtyDevice<Stimulus>;
  readonly #paper: PtyDevice<Stimulus>;
  readonly #file: string;
  run: StorewireProcess | undefined;

  constructor(site: RunningSite) {
    this.site = site;
    const random = seededRandom(1);
    const link = (name: string) => ({ clock, link: join(site.directory, name) });
    const scale = createSimulator(
      "toledo-8217",
      { unit: "kg", decimals: 3, capacity: 30_000, motionMs: 300 },
      random,
    );
    this.#scale = carryOnPty(scale, link("scale"));
    this.#scanner = carryOnPty(
      createSimulator("serial-scanner", { suffix: "cr", aimPrefix: true }, random),
      link("scanner"),
    );
    const escpos = { automaticStatus: true, interleaved: false, ticketSensor: false };
    this.#paper = carryOnPty(
      this.printer.on(createSimulator("escpos-printer", escpos, random)),
      link("printer"),
    );
    this.#file = join(site.directory, "storewire.yaml");
    const at = { readPoint: "weighing-1" };
    const input = siteConfiguration({
      directory: site.directory,
      headquartersUrl: site.broker.url,
      devices: [
        {
          ...at,
          id: "scale",
          driver: "toledo-8217",
          transport: serial(this.#scale.path),
          settings: { unit: "kg" },
        },
        {
          ...at,
          id: "scanner",
          driver: "serial-scanner",
          transport: serial(this.#scanner.path),
          settings: { aimPrefix: true },
        },
        { ...at, id: "printer", driver: "escpos-printer", transport: serial(this.#paper.path) },
      ],
    });
    const weighing = {
      printers: [{ terminal: "weighing-1", device: "printer" }],
      products: [
        { gtin, name: "Gouda, young", nameChinese: "高达奶酪", keepDays: 3, advice: "Keep below 7 C" },
      ],
    };
    const readPoints = [
      { id: "weighing-1", role: "weighing", extension: "WEIGHING-1" },
      ...(input.readPoints ?? []),
    ];
    writeFileSync(this.#file, JSON.stringify({ ...input, readPoints, weighing }));
  }

  async open(): Promise<void> {
    const run = this.site.start("run", "--readings", "--config", this.#file);
    this.run = run;
    await Promise.all(["scale", "scanner", "printer"].map((device) => ready(run, device)));
  }

  /** Grams, until the agent has told the weight. */
  async puts(grams: number): Promise<void> {
    this.#scale.stimulate({ kind: "load", digits: grams });
    const value = (grams / 1_000).toFixed(3);
    await waitUntil(`${value} kg rest`, () => this.#weights().at(-1) === value, deadlineMs);
  }

  /** Until what lies there is known to lie there no more. */
  async empties(): Promise<void> {
    this.#scale.stimulate({ kind: "load", digits: 0 });
    await waitUntil("the scale is empty", () => this.#weights().at(-1) === undefined, deadlineMs);
  }

  /** Stable weights as readings, undefined where one ended. */
  #weights(): (string | undefined)[] {
    const readings = (this.run?.stdoutLines ?? []).map(
      (line) => readingSchema.parse(JSON.parse(line)).observation,
    );
    return readings.flatMap((seen) => (seen.kind === "weight" ? [seen.stable ? seen.value : undefined] : []));
  }

  scans(text = gtin.slice(1), aim = "]E0"): void {
    this.#scanner.stimulate({ kind: "scan", text, aim });
  }

  labels(): readonly (readonly string[])[] {
    return labelsOf(this.printer.bytes());
  }

  /** Labels and missing labels at HQ, by the weight that they say. */
  async told(): Promise<readonly { readonly type: string; readonly kilograms: string }[]> {
    return (await this.site.events()).flatMap(({ type, data }) => {
      const { kilograms, missing } = data as { kilograms?: string; missing?: { kilograms: string } };
      const weight = type === "storewire.weighing.labelled" ? kilograms : missing?.kilograms;
      return weight === undefined ? [] : [{ type, kilograms: weight }];
    });
  }

  async close(): Promise<void> {
    await this.site.close();
    await Promise.all([this.#scale, this.#scanner, this.#paper].map((device) => device.close()));
  }
}

describe.skipIf(!realBrokerThere("a weighing terminal in real processes"))("a weighing terminal", () => {
  let counter: CheeseCounter;
  beforeAll(async () => {
    counter = new CheeseCounter(await RunningSite.open());
    await counter.open();
  }, testMs);
  afterAll(() => counter.close(), testMs);

  it(
    "brings a label out of the printer and its event to HQ's disk, once, and both say the same",
    async () => {
      await counter.puts(1_254);
      counter.scans();
      const isLabelled = ({ type }: StorewireEvent): boolean => type === "storewire.weighing.labelled";
      const event = await counter.site.untilHeld("the label", isLabelled);
      const [label, ...others] = counter.labels();
      expect(others).toEqual([]);
      expect(label).toEqual(linesFor(event));
      expect(codeOn(label ?? []).slice(0, 2)).toEqual([
        ["01", gtin],
        ["3103", "001254"],
      ]);
      expect(event).toMatchObject({
        subject: `https://id.gs1.org/01/${gtin}`,
        data: { terminal: "weighing-1", value: "1.254", kilograms: "1.254", printed: true },
      });
      expect((await counter.told()).map(({ kilograms }) => kilograms)).toEqual(["1.254"]);
    },
    testMs,
  );

  it(
    "after a power cut in the middle of a label says that it is in doubt, and prints no second one by itself",
    async () => {
      await counter.empties();
      await counter.puts(460);
      const before = counter.labels().length;
      counter.scans();
      // The printer has it all; that it is out is known only a second later.
      await waitUntil("the label is at the printer", () => counter.labels().length > before, deadlineMs);
      await counter.run?.kill("SIGKILL");
      await counter.open();
      const doubt = await counter.site.untilHeld(
        "the alert",
        ({ type }) => type === "storewire.alert.weighing",
      );
      expect(doubt.data).toMatchObject({ code: "weighing-label-missing", missing: { kilograms: "0.46" } });
      // Something that is labelled afterwards has come: what was to be printed twice would have been.
      await counter.empties();
      await counter.puts(305);
      counter.scans();
      await waitUntil(
        "the next is told",
        async () => (await counter.told()).some((each) => each.kilograms === "0.305"),
        deadlineMs,
      );
      expect(counter.labels().filter((label) => label.join().includes("0.460 kg"))).toHaveLength(1);
    },
    testMs,
  );

  it(
    "weighs a parcel against what headquarters has announced, and tells of the one that is too light",
    async () => {
      const [whole, light] = ["095211411234567892", "095211411234567908"];
      const parcels = ["--parcel", `${whole}=12.5`, `${light}=12.5`];
      const order = ["hq", "announce", "--url", counter.site.broker.url, "--to", "store-0042/gw1"];
      expect(await answerOf([...order, ...parcels])).toMatchObject({ exitCode: 0 });
      for (const [sscc, grams] of [[whole, 12_480] as const, [light, 11_900] as const]) {
        await counter.empties();
        await counter.puts(grams);
        counter.scans(`00${sscc}`, "]C1");
        const isParcel = ({ type, subject }: StorewireEvent): boolean =>
          type === "storewire.weighing.parcel" && subject === `https://id.gs1.org/00/${sscc}`;
        const { data } = await counter.site.untilHeld(`parcel ${sscc}`, isParcel);
        expect(data).toMatchObject({
          announced: "12.5",
          announcedBy: "hq",
          outcome: sscc === whole ? "right" : "different",
          difference: sscc === whole ? "-0.02" : "-0.6",
        });
      }
      const alert = await counter.site.untilHeld(
        "the alert",
        ({ data }) => (data as { code?: string }).code === "parcel-weight-differs",
      );
      expect(alert.subject).toBe(`https://id.gs1.org/00/${light}`);
    },
    testMs,
  );

  it(
    "tells the truth of every label, whenever the power is cut",
    async () => {
      const afterMs = [0, 60, 200, 700, 1_400];
      for (const [index, ms] of afterMs.entries()) {
        await counter.empties();
        await counter.puts(500 + index);
        counter.scans();
        await new Promise((resolve) => setTimeout(resolve, ms));
        await counter.run?.kill("SIGKILL");
        await counter.open();
      }
      await counter.empties();
      await counter.puts(900);
      counter.scans();
      await waitUntil(
        "the last is told",
        async () => (await counter.told()).some((each) => each.kilograms === "0.9"),
        deadlineMs,
      );
      const told = await counter.told();
      for (const [index, ms] of afterMs.entries()) {
        const kilograms = `0.50${index}`.replace(/0$/, "");
        const printed = counter.labels().filter((label) => label.join().includes(`0.50${index} kg`)).length;
        const said = told.filter((each) => each.kilograms === kilograms).map(({ type }) => type);
        const words = `${kilograms} kg, cut after ${ms} ms: ${printed} printed, ${said.join()}`;
        expect(printed, words).toBeLessThanOrEqual(1);
        expect(said.length, words).toBeLessThanOrEqual(1);
        if (printed === 1) expect(said, words).toHaveLength(1);
        if (said.includes("storewire.weighing.labelled")) expect(printed, words).toBe(1);
      }
    },
    testMs,
  );
});

/** What the label of an event says. The clock of the machine that runs the tests may not be set: room for a pen. */
function linesFor({ data, clock: quality }: StorewireEvent): readonly string[] {
  const { packedAt, bestBefore } = data as { packedAt?: string; bestBefore?: string };
  expect(packedAt !== undefined && bestBefore !== undefined).toBe(quality === "synced");
  const packed = packedAt === undefined ? undefined : localTimes("Europe/Berlin")(Date.parse(packedAt));
  const day = (bestBefore ?? "").replaceAll("-", "").slice(2);
  const ais = (open: string, close: string): string => {
    const parts = [`${open}01${close}${gtin}`, `${open}3103${close}001254`];
    return [...parts, ...(day === "" ? [] : [`${open}15${close}${day}`])].join("");
  };
  return [
    "store-0042",
    "高达奶酪 (x2)",
    "Gouda, young (bold)",
    "净重 Net 1.254 kg (x2) (bold)",
    `包装 Packed ${packed === undefined ? "____-__-__" : `${packed.day} ${packed.time}`}`,
    `最佳食用 Best eaten by ${bestBefore ?? "____-__-__"}`,
    "Keep below 7 C",
    `||| GS1-128 ${ais("", "")}`,
    ais("(", ")"),
  ];
}
