import type { EventRow } from "../../hq/event-store.ts";
import type { DiskImage } from "../../outbox/disk-image.ts";
import type { GroupWrite } from "../../outbox/storage.ts";
import type { Watermark } from "../../protocols/events.ts";
import type { Reading } from "../../protocols/readings.ts";
import type { SiteFault } from "../../simulators/fault-plan.ts";
import type { TimedAction } from "../../simulators/scenario/timed-action.ts";
import type { ProcessEnd } from "../../simulators/simulated-machine.ts";

/** Whose file it is. */
export type DiskName = { readonly disk: string; readonly owner: "gateway" | "agent" };

/** What the world has seen happen. Checkers know nothing else, so each of them could be wrong only by itself. */
export type Fact =
  /** An agent made a reading; nobody has it on disk. */
  | { readonly kind: "made"; readonly unit: string; readonly reading: Reading }
  /** An agent's sink says that it has these on disk. */
  | { readonly kind: "committed"; readonly unit: string; readonly readings: readonly Reading[] }
  /** Readings of a message have reached the gateway. */
  | { readonly kind: "presented"; readonly readings: readonly Reading[] }
  /** The gateway gives PUBACK for them. */
  | { readonly kind: "acknowledged"; readonly readings: readonly Reading[] }
  /** A transaction is durable. */
  | (DiskName & { readonly kind: "written"; readonly epoch: string; readonly group: GroupWrite })
  /** A file is what it was some time ago. */
  | (DiskName & { readonly kind: "put-back"; readonly image: DiskImage })
  /** What was not settled has been numbered anew. */
  | (DiskName & { readonly kind: "renumbered"; readonly from: string; readonly image: DiskImage })
  /** Headquarters has an event on disk. */
  | { readonly kind: "stored"; readonly event: EventRow }
  | { readonly kind: "headquarters-put-back"; readonly events: readonly EventRow[] }
  /** Headquarters tells a watermark; `held` is what its disk holds at that moment. */
  | { readonly kind: "watermark"; readonly watermark: Watermark; readonly held: Watermark }
  /** A ticket fell out of a printer. */
  | { readonly kind: "printed"; readonly device: string; readonly ticket: string }
  | {
      readonly kind: "logged";
      readonly unit: string;
      readonly level: number;
      readonly event: string;
      readonly device?: string | undefined;
    }
  /** A process is gone. */
  | { readonly kind: "ended"; readonly unit: string; readonly how: ProcessEnd }
  | { readonly kind: "fault"; readonly fault: SiteFault; readonly target: string }
  /** Something that customers and clerks did. */
  | { readonly kind: "caused"; readonly action: TimedAction }
  /** Nothing goes wrong from now on. */
  | { readonly kind: "calm" }
  /** How much of something there is, and how much there may be. */
  | { readonly kind: "measured"; readonly what: string; readonly amount: number; readonly most: number }
  /** The end: what is still on its way. */
  | { readonly kind: "rested"; readonly left: readonly string[]; readonly afterMs: number };

/** One promise, watched. It answers with words when the promise is broken. */
export interface Checker {
  readonly name: string;
  readonly see: (fact: Fact, atMs: number) => string | undefined;
  /** Called once, when everything has come to rest. */
  readonly finish: () => string | undefined;
}
