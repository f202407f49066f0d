import { Capture } from "../../../gateway/capture/capture.ts";
import type { CaptureExchange } from "../../../gateway/capture/exchange.ts";
import { envelopes } from "../../../gateway/envelope.ts";
import type { DeadLetter } from "../../../gateway/service.ts";
import { type MemoryDisk, openMemoryOutbox } from "../../../outbox/memory-outbox.ts";
import type { Entry, Outbox } from "../../../outbox/outbox.ts";
import { captureSchema } from "../../../protocols/config/capture.ts";
import type { EpcisEvent } from "../../../protocols/epcis/event.ts";
import { objectEvent } from "../../../protocols/epcis/object-event.ts";
import { declaredWrong } from "../../../protocols/epcis/relation-events.ts";
import type { EventDraft } from "../../../protocols/events.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import type { SimulatedRepository } from "../../../simulators/network/simulated-repository.ts";
import { morningMs, silentLog } from "../store.ts";

const clock = new ManualClock();

/** A return event of item `number`, and its identity. */
export function returned(number: number): { readonly id: string; readonly draft: EventDraft } {
  const uri = `https://id.gs1.org/01/09521141123454/21/${number}`;
  const data = objectEvent({
    timeMs: morningMs + number,
    timeZone: "Europe/Berlin",
    items: [{ uri, serialised: true }],
    bizStep: "receiving",
    readPoint: "urn:epc:id:sgln:4012345.00001.0",
  });
  const when = { timeMs: morningMs + number, clock: "synced" } as const;
  return {
    id: data.eventID,
    draft: { type: "storewire.return.handed-in", subject: uri, origin: "scanner1", ...when, data },
  };
}
/** The same with a word that CBV does not have. */
export function spoilt(number: number): EventDraft {
  const { draft } = returned(number);
  return { ...draft, data: { ...draft.data, bizStep: "assemble" } } as unknown as EventDraft;
}
/** It did not occur after all. */
export function withdrawn(number: number): EventDraft {
  const { draft } = returned(number);
  const data = declaredWrong(draft.data as unknown as EpcisEvent, morningMs + number);
  return { ...draft, type: "storewire.return.withdrawn", data } as unknown as EventDraft;
}
export const idsOf = (...numbers: readonly number[]): string[] =>
  numbers.map((number) => returned(number).id);

/** An event that is not for the repository. */
export const startedDraft: EventDraft = {
  type: "storewire.alert.gateway",
  subject: "x",
  origin: "gateway",
  timeMs: morningMs,
  clock: "synced",
  data: { code: "disk-low", cause: "x", cure: "y" },
};

export function entriesOf(outbox: Outbox, drafts: readonly EventDraft[], seed = 1): readonly Entry[] {
  const name = { site: "store-0042", gateway: "gw1" };
  const envelope = envelopes({ name, epoch: outbox.epoch, clock, random: seededRandom(seed), boot: "boot1" });
  return drafts.map((draft) => envelope(draft));
}

export interface CaptureBench {
  readonly repository: SimulatedRepository;
  readonly disk?: MemoryDisk;
  readonly eventsMax?: number;
  readonly bytesMax?: number;
  readonly seed?: number;
  readonly departure?: (body: string) => string | undefined;
}

/** A capture client on a disk in memory, and a repository that answers at once or never. */
export async function startBench(bench: CaptureBench) {
  const { repository, disk, seed = 1, departure = (body) => body } = bench;
  const time = new ManualClock();
  const outbox = await openMemoryOutbox({
    clock: time,
    ...(disk === undefined ? {} : { disk }),
    limits: { keepConfirmedBytes: 0, keepConfirmedMs: 0 },
  });
  const told: EventDraft[] = [];
  let isCut = false;
  const never = new Promise<never>(() => {});
  const letters: DeadLetter[] = [];
  const exchange: CaptureExchange = {
    request: (request) => {
      if (isCut) return never;
      const answer = repository.answer(request);
      return answer === undefined ? Promise.reject(new Error("no answer")) : Promise.resolve(answer);
    },
    close: () => undefined,
  };
  const { eventsMax, bytesMax } = bench;
  const capture = new Capture({
    configuration: captureSchema.parse({ url: "http://127.0.0.1:9", eventsMax, bytesMax }),
    exchange,
    outbox,
    departure: ({ body }) => departure(body),
    tell(drafts, kept) {
      if (isCut) return never;
      told.push(...drafts);
      letters.push(...kept);
      return Promise.resolve();
    },
    clock: time,
    random: seededRandom(seed),
    log: silentLog,
  });
  const commit = (drafts: readonly EventDraft[]) =>
    outbox.commit({ entries: entriesOf(outbox, drafts, seed) });
  /** From here on nothing that it began comes to an end. */
  const cut = (): void => {
    isCut = true;
  };
  return { capture, outbox, clock: time, told, letters, commit, cut };
}
