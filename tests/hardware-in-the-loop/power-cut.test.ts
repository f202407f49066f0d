import { describe, expect, it } from "vitest";
import { systemClock } from "../../cli/system.ts";
import { guestImageHere } from "./guest-image.ts";
import { playPowerCuts } from "./power-cut.ts";

const image = guestImageHere("two power cuts of an emulated machine");
/** Three boots of some 12 s each on a machine that does nothing else; a very busy one took 280 s. */
const playMsMax = 600_000;

describe.skipIf(image === undefined)("a power cut", () => {
  it(
    "takes nothing that the outbox had acknowledged, and leaves nothing half",
    async () => {
      if (image === undefined) return;
      const rounds = await playPowerCuts({
        image,
        clock: systemClock(),
        seed: 20_261_122,
        rounds: 2,
        copies: 4,
        commitsMax: 120,
      });
      const cuts = rounds.flatMap((round) => round.cuts);
      expect(cuts.flatMap(({ findings }) => findings)).toEqual([]);
      expect(cuts).toHaveLength(10);
      expect(cuts.filter(({ unflushedWrites }) => unflushedWrites > 0)).not.toEqual([]);
      // The second boot went on from where the first one was cut.
      const [first, second] = rounds.map(({ cuts: [earliest] }) => earliest?.acknowledged ?? 0);
      expect(first).toBeGreaterThan(0);
      expect(second).toBeGreaterThan(first ?? 0);
    },
    playMsMax,
  );
});
