import { type Random, seededRandom } from "../../../../protocols/random.ts";
import type { Reading } from "../../../../protocols/readings.ts";
import type { Box } from "./site-gateway.ts";
import { type Seen, startMs } from "./week-words.ts";

/** A site's agent: numbers what its devices observe, with the same ids however often gateways die. */
export class SiteAgent {
  readonly #site: string;
  readonly #random: Random;
  #sequence = 0;

  constructor(site: string) {
    this.#site = site;
    this.#random = seededRandom(site === "store" ? 21 : 22);
  }

  reading({ atMs, place, observation }: Seen, { boot, bootMs }: Box): Reading {
    this.#sequence += 1;
    const hex = Buffer.from(this.#random.bytes(6)).toString("hex");
    return {
      id: `01900000-0000-7000-8000-${hex}`,
      agent: "agent1",
      epoch: `agent-epoch-${this.#site}`,
      sequence: this.#sequence,
      device: `device-${place}`,
      readPoint: place,
      at: { wallMs: startMs + atMs, monotonicMs: atMs - bootMs, boot, clock: "synced" },
      observation,
    };
  }
}
