import { describe, expect, it } from "vitest";
import { weighingService } from "../../../gateway/weighing/weighing-service.ts";
import { type EventDraft, eventTypes } from "../../../protocols/events.ts";
import { withCheckDigit } from "../../../protocols/gs1/check-digit.ts";
import type { Stamp } from "../../../protocols/readings.ts";
import { announcedParcelsMax, announceParcelsMax } from "../../../protocols/weighing/announce-parcels.ts";
import { morningMs, readingsOf, scanned, stepper, storeConfiguration, weighed } from "../store.ts";

const sscc = "095211411234567892";
const dayMs = 86_400_000;
const untilMs = morningMs + 14 * dayMs;
const ssccOf = (serial: number): string => withCheckDigit(String(serial).padStart(17, "0"));

function terminal(isConfigured = false) {
  const configuration = storeConfiguration((site) => {
    site.readPoints?.push({ id: "scale", role: "weighing", extension: "SCALE1" });
    site.weighing = { parcels: isConfigured ? [{ sscc, kilograms: "12.500" }] : [] };
  });
  const store = stepper(weighingService(configuration));
  const reading = readingsOf();
  const see = (observation: ReturnType<typeof scanned>, at: Partial<Stamp>) =>
    store.step({
      kind: "reading",
      reading: reading({ device: "device1", readPoint: "scale", observation, at }),
    }).events;
  const announce = (
    parcels: readonly { readonly sscc: string; readonly kilograms: string }[],
    until = untilMs,
    now: Partial<Stamp> = {},
  ) =>
    store.step({ kind: "parcels-announced", announced: { parcels: [...parcels], untilMs: until } }, now)
      .events;
  const weigh = (code: string, kilograms: string, at: Partial<Stamp> = {}): unknown => {
    see(weighed(kilograms), at);
    const [told] = see(scanned(code, "]C1"), at);
    return dataOf(told);
  };
  return { documents: store.documents, announce, weigh };
}

function dataOf(draft: EventDraft | undefined): unknown {
  if (draft === undefined) throw new Error("nothing was told");
  return eventTypes[draft.type].data.parse(draft.data);
}

describe("parcels that HQ announces", () => {
  it("are compared with what the scale says", () => {
    const { announce, weigh } = terminal();
    expect(announce([{ sscc, kilograms: "12.5" }])).toEqual([]);
    expect(weigh(`00${sscc}`, "12.54")).toMatchObject({
      outcome: "right",
      announced: "12.5",
      announcedBy: "hq",
      difference: "0.04",
    });
    expect(weigh(`00${sscc}`, "11")).toMatchObject({ outcome: "different", announcedBy: "hq" });
    expect(weigh(`00${ssccOf(7)}`, "11")).toMatchObject({ outcome: "unannounced" });
  });

  it("go before the configuration, and the label goes before them", () => {
    const { announce, weigh } = terminal(true);
    expect(weigh(`00${sscc}`, "12.5")).toMatchObject({ announcedBy: "configuration" });
    announce([{ sscc, kilograms: "20" }]);
    expect(weigh(`00${sscc}`, "12.5")).toMatchObject({ announced: "20", announcedBy: "hq" });
    expect(weigh(`00${sscc}3302001000`, "10")).toMatchObject({ announced: "10", announcedBy: "label" });
  });

  it("are corrected by another word, and cost the card nothing when they are told again", () => {
    const { announce, weigh, documents } = terminal();
    announce([{ sscc, kilograms: "12.5" }]);
    const before = documents.get(`announced/${sscc}`);
    announce([{ sscc, kilograms: "12.5" }]);
    expect(documents.get(`announced/${sscc}`)).toBe(before);
    announce([{ sscc, kilograms: "13" }]);
    expect(weigh(`00${sscc}`, "13")).toMatchObject({ outcome: "right", announced: "13" });
  });

  it("are expected until their time is over, by a clock that is set", () => {
    const { announce, weigh, documents } = terminal();
    announce([{ sscc, kilograms: "12.5" }]);
    const late = { wallMs: untilMs + 1 };
    expect(weigh(`00${sscc}`, "12.5", { wallMs: untilMs })).toMatchObject({ announcedBy: "hq" });
    expect(weigh(`00${sscc}`, "12.5", late)).toMatchObject({ outcome: "unannounced" });
    expect(weigh(`00${sscc}`, "12.5", { ...late, clock: "estimated" })).toMatchObject({ announcedBy: "hq" });
    announce([{ sscc: ssccOf(7), kilograms: "1" }], untilMs + dayMs, late);
    expect([...documents.keys()].filter((key) => key.startsWith("announced/"))).toEqual([
      `announced/${ssccOf(7)}`,
    ]);
  });

  it("are kept for ten thousand; those of longest ago are forgotten, and HQ is told", () => {
    const { announce, weigh, documents } = terminal();
    const all = Array.from({ length: announcedParcelsMax }, (_, serial) => ({
      sscc: ssccOf(serial),
      kilograms: "2",
    }));
    for (let from = 0; from < all.length; from += announceParcelsMax)
      expect(announce(all.slice(from, from + announceParcelsMax))).toEqual([]);
    // Told of again it is among the newest.
    announce([{ sscc: ssccOf(0), kilograms: "3" }]);
    const [alert] = announce([
      { sscc: ssccOf(20_001), kilograms: "4" },
      { sscc: ssccOf(20_002), kilograms: "4" },
    ]);
    expect(alert).toMatchObject({ type: "storewire.alert.gateway", subject: "parcel-announcements-full" });
    expect(dataOf(alert)).toMatchObject({ count: 2, cause: expect.stringContaining("2 given up") });
    expect([...documents.keys()].filter((key) => key.startsWith("announced/"))).toHaveLength(
      announcedParcelsMax,
    );
    expect(weigh(`00${ssccOf(0)}`, "3")).toMatchObject({ announcedBy: "hq" });
    expect(weigh(`00${ssccOf(1)}`, "2")).toMatchObject({ outcome: "unannounced" });
    expect(weigh(`00${ssccOf(3)}`, "2")).toMatchObject({ announcedBy: "hq" });
  });
});
