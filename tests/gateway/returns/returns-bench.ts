import { returnsService } from "../../../gateway/returns/returns-service.ts";
import type { DeviceCommand } from "../../../protocols/commands.ts";
import { type Configuration, configurationSchema } from "../../../protocols/config/configuration.ts";
import type { ReadPointRole } from "../../../protocols/config/read-point-roles.ts";
import { encodeEpc } from "../../../protocols/epc/encode-epc.ts";
import type { EventDraft } from "../../../protocols/events.ts";
import type { Observation, Stamp } from "../../../protocols/readings.ts";
import { badgeText, type CommandName, commandText } from "../../../protocols/returns/command-codes.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { siteConfiguration } from "../../site.ts";
import { epcisErrors, epcisSchemaThere } from "../epcis-schema.ts";
import { arrived, morningMs, readingsOf, scanned, stepper, weighed } from "../store.ts";

/** A read point of every role that takes part, named after it. */
export const roles = [
  "returns-desk",
  "inspection",
  "repair",
  "returns-cage",
  "packing",
  "unpacking",
  "sales-floor",
  "checkout",
  "supplier",
  "recycling",
  "dock",
  "dock-in",
  "dock-out",
  "door",
  "disposal",
] as const satisfies readonly ReadPointRole[];
export type Place = (typeof roles)[number];

type ReturnsInput = NonNullable<ReturnType<typeof siteConfiguration>["returns"]>;

export function everyPost(returns: ReturnsInput = {}): Configuration {
  const site = siteConfiguration({
    directory: "/var/lib/storewire",
    headquartersUrl: "mqtt://127.0.0.1:1883",
  });
  return configurationSchema.parse({
    ...site,
    readPoints: [
      ...roles.map((role) => ({ id: role, role, extension: role.toUpperCase() })),
      { id: "kiosk", role: "kiosk", extension: "KIOSK1" },
    ],
    devices: [
      {
        id: "printer1",
        readPoint: roles[0] ?? "kiosk",
        driver: "escpos-printer",
        transport: { kind: "simulated", name: "printer1" },
      },
    ],
    queue: {},
    returns,
  });
}

/** One thing with a serial number, as its code, its tag and its identity say it. */
export function thing(serial: number) {
  const epc = encodeEpc(`urn:epc:tag:sgtin-96:1.9521141.012345.${serial}`);
  if (!epc.ok) throw new Error(epc.error);
  return {
    uri: `https://id.gs1.org/01/09521141123454/21/${serial}`,
    code: scanned(`010952114112345421${serial}`, "]d2"),
    tag: arrived(toHex(epc.value)),
    epcHex: toHex(epc.value),
  };
}
export const thingGtin = "09521141123454";

/** A tote, as a code and as a tag. */
export const tote = {
  uri: "https://id.gs1.org/8003/0952132112345877",
  code: scanned("80030952132112345877", "]C1"),
  tag: arrived(hexOf("urn:epc:tag:grai-96:0.9521321.12345.77")),
};

function hexOf(tagUri: string): string {
  const epc = encodeEpc(tagUri);
  if (!epc.ok) throw new Error(epc.error);
  return toHex(epc.value);
}

export const command = (name: CommandName): Observation => scanned(commandText(name));
export const badge = (clerk: string): Observation => scanned(badgeText(clerk) ?? "");
export { weighed };

const errorsOf = epcisSchemaThere("every return event against the official EPCIS schema")
  ? epcisErrors()
  : undefined;

/** The returns service of a store with every post, stepped by hand; each event is held against the official schema. */
export function returnsBench(returns: ReturnsInput = {}) {
  const service = returnsService(everyPost(returns));
  const store = stepper(service);
  const reading = readingsOf();
  let nowMs = 0;
  const ordered: DeviceCommand[] = [];
  const checked = (events: readonly EventDraft[]): readonly EventDraft[] => {
    for (const { type, data } of events) {
      if (!type.startsWith("storewire.return.")) continue;
      const errors = errorsOf?.(data) ?? [];
      if (errors.length > 0) throw new Error(`${type} is no EPCIS event: ${JSON.stringify(errors)}`);
    }
    return events;
  };
  return {
    ...store,
    /** What devices were told to do by what was seen. */
    commands: ordered as readonly DeviceCommand[],
    /** Time passes between what is seen. */
    wait(ms: number) {
      nowMs += ms;
    },
    see(place: Place | "kiosk", observation: Observation, at: Partial<Stamp> = {}): readonly EventDraft[] {
      const observed = { device: `device-${place}`, readPoint: place, observation, atMs: nowMs, at };
      const now = { wallMs: morningMs + nowMs, monotonicMs: nowMs };
      const outcome = store.step({ kind: "reading", reading: reading(observed) }, now);
      ordered.push(...outcome.commands);
      return checked(outcome.events);
    },
    /** Ticks each second, as the gateway does; `everyMs` where nothing but one look matters. */
    tick(ms = 1_000, everyMs = ms, at: Partial<Stamp> = {}): readonly EventDraft[] {
      const events: EventDraft[] = [];
      for (let past = 0; past < ms; past += everyMs) {
        nowMs += everyMs;
        const now = { wallMs: morningMs + nowMs, monotonicMs: nowMs, ...at };
        events.push(...checked(store.step({ kind: "tick" }, now).events));
      }
      return events;
    },
    step: (...given: Parameters<typeof store.step>) => store.step(...given),
  };
}

export const typesOf = (events: readonly EventDraft[]): readonly string[] =>
  events.map(({ type, data }) =>
    type === "storewire.alert.return"
      ? String((data as { code: string }).code)
      : type.replace("storewire.return.", ""),
  );

/** As it is on the wire: what is undefined is absent. */
export const dataOf = (event: EventDraft | undefined): Readonly<Record<string, unknown>> =>
  JSON.parse(JSON.stringify(event?.data ?? {}));
