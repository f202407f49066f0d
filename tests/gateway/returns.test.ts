import { describe, expect, test } from "vitest";
import { ledgerOf } from "../../gateway/returns/return-case.ts";
import { returnsService } from "../../gateway/returns/returns-service.ts";
import type { EventDraft } from "../../protocols/events.ts";
import type { Observation } from "../../protocols/readings.ts";
import { epcisErrors, epcisSchemaThere } from "./epcis-schema.ts";
import { arrived, readingsOf, scanned, stepper, storeConfiguration, weighed } from "./store.ts";

/** SGTIN-96 of urn:epc:tag:sgtin-96:3.0614141.812345.6789 (TDS 1.13, E.3). */
const tag = "3074257bf7194e4000001a85";
const tagUri = "https://id.gs1.org/01/80614141123458/21/6789";
const serialCode = "0180614141123458216789";
const serialAim = "]d2";
const ean = "4006381333931";

const returnsStore = (returns: { casesMax?: number } = {}) => {
  const configuration = storeConfiguration((site) => {
    site.returns = returns;
  });
  const store = stepper(returnsService(configuration));
  const reading = readingsOf();
  return {
    ...store,
    see: (readPoint: string, observation: Observation, atMs?: number, boot = "boot1") =>
      store.read(
        reading({
          device: `device-${readPoint}`,
          readPoint,
          observation,
          ...(atMs === undefined ? {} : { atMs }),
          at: { boot },
        }),
      ),
  };
};

interface EpcisFacts {
  readonly disposition?: string;
  readonly epcList?: readonly string[];
  readonly quantityList?: readonly object[];
}
const facts = ([event]: readonly EventDraft[]) => {
  const data: object = event?.data ?? {};
  return { ...(data as EpcisFacts), type: event?.type };
};

describe("an item's way", () => {
  test("is handed in, inspected and stored by where it is seen", () => {
    const store = returnsStore();
    const handedIn = store.see("desk", arrived(tag), 1_000);
    expect(handedIn).toHaveLength(1);
    expect(handedIn[0]).toMatchObject({ subject: tagUri, origin: "device-desk", clock: "synced" });
    expect(facts(handedIn)).toMatchObject({
      type: "storewire.return.handed-in",
      action: "OBSERVE",
      bizStep: "receiving",
      disposition: "returned",
      epcList: [tagUri],
      eventTime: "2026-01-05T08:00:01.000Z",
      eventTimeZoneOffset: "+01:00",
      readPoint: { id: "urn:epc:id:sgln:9521321.00001.DESK1" },
      bizLocation: { id: "urn:epc:id:sgln:9521321.00001.DESK1" },
    });
    const inspected = facts(store.see("bench", arrived(tag)));
    expect(inspected).toMatchObject({ type: "storewire.return.inspected", bizStep: "inspecting" });
    expect(inspected.disposition).toBeUndefined();
    expect(facts(store.see("cage", arrived(tag)))).toMatchObject({
      type: "storewire.return.stored",
      bizStep: "storing",
      disposition: "non_sellable_other",
      readPoint: { id: "urn:epc:id:sgln:9521321.00001.CAGE1" },
    });
  });

  test("is the same whether its tag or its code is read", () => {
    const store = returnsStore();
    expect(store.see("desk", scanned(serialCode, serialAim), 0)).toHaveLength(1);
    expect(store.see("desk", arrived(tag), 1_000)).toEqual([]);
    expect(facts(store.see("bench", arrived(tag))).epcList).toEqual([tagUri]);
  });

  test("is one step at a post until repeatMs has passed, whatever the wall clock does", () => {
    const store = returnsStore();
    expect(store.see("desk", arrived(tag), 0)).toHaveLength(1);
    expect(store.see("desk", arrived(tag), 599_999)).toEqual([]);
    expect(store.see("desk", arrived(tag), 600_000)).toHaveLength(1);
    expect(store.see("desk", arrived(tag), 600_001, "boot2")).toEqual([]);
    expect(store.see("desk", arrived(tag), -3_600_000, "boot2")).toHaveLength(1);
  });

  test("does not begin where no item is expected, nor with a tag that only stays or leaves", () => {
    const store = returnsStore();
    expect(store.see("kiosk", arrived(tag))).toEqual([]);
    for (const change of ["present", "departed", "seen"] as const) {
      expect(store.see("desk", { kind: "tag", change, epcHex: tag })).toEqual([]);
    }
    expect(store.documents.size).toBe(0);
  });
});

describe("an item without serial number", () => {
  test("is handed in as a quantity of its class, each time anew, and opens no case", () => {
    const store = returnsStore();
    const first = facts(store.see("desk", scanned(ean), 0));
    expect(first.quantityList).toEqual([{ epcClass: "https://id.gs1.org/01/04006381333931", quantity: 1 }]);
    expect(first.epcList).toBeUndefined();
    expect(store.see("desk", scanned(ean), 2_000)).toHaveLength(1);
    expect(ledgerOf(store.documents).held).toBe(0);
  });
});

describe("a weight at the desk", () => {
  test("belongs to the item that was handed in last, with its exact decimals", () => {
    const store = returnsStore();
    store.see("desk", arrived(tag), 0);
    store.see("desk", scanned(ean), 10_000);
    const [event] = store.see("desk", weighed("1.254"), 40_000);
    expect(event?.type).toBe("storewire.return.weighed");
    expect(event?.data).toMatchObject({
      bizStep: "receiving",
      quantityList: [{ epcClass: "https://id.gs1.org/01/04006381333931", quantity: 1 }],
      sensorElementList: [{ sensorReport: [{ type: "Mass", value: 1.254, uom: "KGM" }] }],
    });
  });

  test("is nobody's when it comes too late, is unstable, empty, or elsewhere", () => {
    const store = returnsStore();
    expect(store.see("desk", weighed("1.0"), 0)).toEqual([]);
    store.see("desk", arrived(tag), 0);
    expect(store.see("desk", weighed("1.0", false), 1)).toEqual([]);
    expect(store.see("desk", weighed("0.000"), 2)).toEqual([]);
    expect(store.see("desk", weighed("-0.002"), 3)).toEqual([]);
    expect(store.see("bench", weighed("1.0"), 4)).toEqual([]);
    expect(store.see("desk", weighed("1.0"), 30_000)).toHaveLength(1);
    expect(store.see("desk", weighed("1.0"), 30_001)).toEqual([]);
  });
});

describe("what names no item", () => {
  test("is one alert for each strange code", () => {
    const store = returnsStore();
    const [alert, ...others] = store.see("desk", scanned("WIFI:S:guest;;"));
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      type: "storewire.alert.gateway",
      subject: "code-unreadable",
      data: { code: "code-unreadable", content: "WIFI:S:guest;;", readPoint: "desk" },
    });
    expect(store.see("desk", scanned("WIFI:S:guest;;"))).toEqual([]);
    expect(store.see("bench", arrived("e28011700000020f"))).toHaveLength(1);
    expect(store.see("bench", arrived("e28011700000020f"))).toEqual([]);
  });

  test("is remembered for a bounded number of codes", () => {
    const store = returnsStore();
    for (let index = 0; index < 65; index += 1) store.see("desk", scanned(`strange ${index}`));
    expect((store.documents.get("unreadable") as string[]).length).toBe(64);
    expect(store.see("desk", scanned("strange 64"))).toEqual([]);
    expect(store.see("desk", scanned("strange 0"))).toHaveLength(1);
  });
});

describe("cases", () => {
  test("are bounded: the oldest finished one goes first, then the oldest", () => {
    const store = returnsStore({ casesMax: 100 });
    const code = (serial: number) => scanned(`018061414112345821S${serial}`, serialAim);
    const cases = () => [...store.documents.keys()].filter((key) => key.startsWith("case/"));
    for (let serial = 0; serial < 100; serial += 1) store.see("desk", code(serial));
    store.see("cage", code(7));
    expect(cases()).toHaveLength(100);
    store.see("desk", code(100));
    expect(cases()).toHaveLength(100);
    expect(cases().some((key) => key.endsWith("/S7"))).toBe(false);
    store.see("desk", code(101));
    expect(cases()).toHaveLength(100);
    expect(cases().some((key) => key.endsWith("/S0"))).toBe(false);
    expect(cases().some((key) => key.endsWith("/S101"))).toBe(true);
    expect(ledgerOf(store.documents)).toEqual({ opened: 102, held: 100 });
  });
});

describe.skipIf(!epcisSchemaThere("EPCIS events against the official schema"))("every return event", () => {
  test("is valid under the official EPCIS 2.0.1 schema, and the schema can refuse", () => {
    const errorsOf = epcisErrors();
    const store = returnsStore();
    const events = [
      ...store.see("desk", arrived(tag), 0),
      ...store.see("desk", weighed("0.400"), 1_000),
      ...store.see("desk", scanned(ean), 2_000),
      ...store.see("desk", weighed("12.5"), 3_000),
      ...store.see("bench", arrived(tag)),
      ...store.see("bench", scanned(ean)),
      ...store.see("cage", arrived(tag)),
    ];
    expect(events).toHaveLength(7);
    for (const { data } of events) expect(errorsOf(data)).toEqual([]);
    expect(errorsOf({ ...events[0]?.data, bizStep: "urn:epcglobal:cbv:bizstep:receiving" })).not.toEqual([]);
  });
});
