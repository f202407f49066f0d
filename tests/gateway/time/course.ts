import fc from "fast-check";
import type { SiteTime } from "../../../gateway/time/site-time.ts";
import type { Stamp } from "../../../protocols/readings.ts";
import { testTime } from "../store.ts";

/** What happens to a box. */
export type Happening =
  | { readonly kind: "pass"; readonly ms: number }
  /** The process ends and begins again; the machine runs on. */
  | { readonly kind: "restart" }
  /** Power fails for so long; the clock starts wherever its battery, or nothing, puts it. */
  | { readonly kind: "reboot"; readonly offMs: number; readonly wallMs: number | undefined }
  | { readonly kind: "set" }
  /** Somebody sets the clock by hand, or a wrong server steps it. */
  | { readonly kind: "jump"; readonly ms: number };

const dayMs = 86_400_000;
export const startMs = Date.UTC(2026, 10, 22, 9);

export const happening = (jumps: readonly number[]): fc.Arbitrary<Happening> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("pass" as const),
        ms: fc.integer({ min: 1, max: 4 * 3_600_000 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: "restart" as const }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("reboot" as const),
        offMs: fc.integer({ min: 20_000, max: dayMs }),
        // Undefined: a battery kept the clock; 0: none; else what a file remembered, or an empty battery made up.
        wallMs: fc.constantFrom(undefined, 0, startMs - 3 * dayMs, startMs + 400 * dayMs),
      }),
    },
    { weight: 2, arbitrary: fc.constant({ kind: "set" as const }) },
    ...(jumps.length === 0
      ? []
      : [
          {
            weight: 2,
            arbitrary: fc.record({ kind: fc.constant("jump" as const), ms: fc.constantFrom(...jumps) }),
          },
        ]),
  );

/** A box to which things happen, with the true time beside it. */
export class Course {
  readonly documents = new Map<string, unknown>();
  readonly #holdMsMax: number;
  trueMs = startMs;
  time: SiteTime;
  boot = "boot1";
  #boots = 1;
  #bootedMs = startMs - 60_000;
  #wallOffMs: number;
  #isSet: boolean;

  constructor({ isSet, holdMsMax }: { readonly isSet: boolean; readonly holdMsMax: number }) {
    this.#holdMsMax = holdMsMax;
    this.#isSet = isSet;
    this.#wallOffMs = isSet ? 0 : -startMs;
    this.time = testTime(holdMsMax, this.boot, this.documents);
  }

  get monotonicMs(): number {
    return this.trueMs - this.#bootedMs;
  }

  get isSet(): boolean {
    return this.#isSet;
  }

  happen(happening: Happening): void {
    if (happening.kind === "pass") this.trueMs += happening.ms;
    if (happening.kind === "restart") this.time = testTime(this.#holdMsMax, this.boot, this.documents);
    if (happening.kind === "reboot") this.#reboot(happening.offMs, happening.wallMs);
    if (happening.kind === "jump") this.#wallOffMs += happening.ms;
    if (happening.kind !== "set") return;
    this.#isSet = true;
    this.#wallOffMs = 0;
  }

  /** A group of readings begins now; answers the stamp of one that is made at this moment. */
  look(isTick = false): Stamp {
    this.time.begin(this.#raw(), isTick);
    return this.time.restamped(this.#raw());
  }

  #raw(): Stamp {
    return {
      wallMs: this.trueMs + this.#wallOffMs,
      monotonicMs: this.monotonicMs,
      boot: this.boot,
      clock: this.#isSet ? "synced" : "estimated",
    };
  }

  #reboot(offMs: number, wallMs: number | undefined): void {
    this.trueMs += offMs;
    this.#bootedMs = this.trueMs - 20_000;
    this.#isSet = false;
    if (wallMs !== undefined) this.#wallOffMs = wallMs - this.trueMs;
    this.#boots += 1;
    this.boot = `boot${this.#boots}`;
    this.time = testTime(this.#holdMsMax, this.boot, this.documents);
  }
}
