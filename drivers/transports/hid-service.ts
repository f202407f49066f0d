import type { Fault } from "../../protocols/faults.ts";
import type { HidChoice, HidQuestion, HidSaying } from "./hid-messages.ts";
import { hidQuestionSchema } from "./hid-messages.ts";
import { detailOf } from "./system-errors.ts";
import type { Choice, UsbCandidate } from "./usb-identity.ts";
import { chooseByUsb } from "./usb-identity.ts";

/** One HID interface that can be opened; a node with several uses is listed once for each. */
export interface HidCandidate extends UsbCandidate {
  readonly usagePage?: number;
  readonly usage?: number;
}

export interface HidListener {
  /** Report id first. */
  report(bytes: Uint8Array): void;
  lost(detail: string): void;
}

export interface HidHandle {
  send(bytes: Uint8Array): Promise<void>;
  sendFeature(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export type HidOpening =
  | { readonly ok: true; readonly handle: HidHandle }
  | { readonly ok: false; readonly fault: Fault };

/** What really touches the devices: node-hid, or a test's own. */
export interface HidBackend {
  list(): Promise<readonly HidCandidate[]>;
  open(candidate: HidCandidate, listener: HidListener): Promise<HidOpening>;
}

/** The work of the HID process: hears questions, answers each, and passes on what the devices report. */
export class HidService {
  readonly #backend: HidBackend;
  readonly #say: (saying: HidSaying) => void;
  readonly #connections = new Map<number, HidHandle>();

  constructor(backend: HidBackend, say: (saying: HidSaying) => void) {
    this.#backend = backend;
    this.#say = say;
  }

  /** Throws on what our own agent never says; the process then ends, and is started anew. */
  hear(message: unknown): void {
    const question = hidQuestionSchema.parse(message);
    this.#answer(question).then(
      (fault) => this.#say(answered(question.question, fault)),
      (error: unknown) =>
        this.#say(answered(question.question, { code: "connection-lost", detail: detailOf(error) })),
    );
  }

  async #answer(question: HidQuestion): Promise<Fault | undefined> {
    switch (question.kind) {
      case "open":
        return await this.#open(question.question, question.choice);
      case "send": {
        const handle = this.#connections.get(question.connection);
        if (handle === undefined) return { code: "connection-lost", detail: "the connection has ended" };
        await (question.feature ? handle.sendFeature(question.bytes) : handle.send(question.bytes));
        return undefined;
      }
      case "close": {
        const handle = this.#connections.get(question.connection);
        this.#connections.delete(question.connection);
        await handle?.close();
        return undefined;
      }
      case "wake":
        return undefined;
    }
  }

  async #open(connection: number, choice: HidChoice): Promise<Fault | undefined> {
    const listing = await listed(this.#backend);
    if (!listing.ok) return listing.fault;
    const choosing = chooseHid(listing.candidates, choice);
    if (!choosing.ok) return choosing.fault;
    const opening = await this.#backend.open(choosing.chosen, {
      report: (bytes) => {
        if (this.#connections.has(connection)) this.#say({ kind: "report", connection, bytes });
      },
      lost: (detail) => this.#lose(connection, detail),
    });
    if (!opening.ok) return opening.fault;
    this.#connections.set(connection, opening.handle);
    return undefined;
  }

  #lose(connection: number, detail: string): void {
    const handle = this.#connections.get(connection);
    if (handle === undefined) return;
    this.#connections.delete(connection);
    this.#say({ kind: "lost", connection, fault: { code: "connection-lost", detail } });
    // What a vanished device says to being closed is of no interest.
    handle.close().catch(() => {});
  }
}

type Listing =
  | { readonly ok: true; readonly candidates: readonly HidCandidate[] }
  | { readonly ok: false; readonly fault: Fault };

async function listed(backend: HidBackend): Promise<Listing> {
  try {
    return { ok: true, candidates: await backend.list() };
  } catch (error) {
    return { ok: false, fault: { code: "hid-unavailable", detail: detailOf(error) } };
  }
}

function answered(question: number, fault: Fault | undefined): HidSaying {
  return fault === undefined ? { kind: "done", question } : { kind: "failed", question, fault };
}

/** The one node that is meant, however many uses it is listed with. */
export function chooseHid(candidates: readonly HidCandidate[], choice: HidChoice): Choice<HidCandidate> {
  const { usagePage, usage } = choice;
  const used = candidates.filter(
    (candidate) =>
      (usagePage === undefined || candidate.usagePage === usagePage) &&
      (usage === undefined || candidate.usage === usage),
  );
  const nodes = [...new Map(used.map((candidate) => [candidate.path, candidate])).values()];
  return chooseByUsb(nodes, choice.usb);
}
