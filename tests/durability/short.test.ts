import { describe, expect, it } from "vitest";
import { systemClock } from "../../cli/system.ts";
import { realBrokerThere } from "../real-broker.ts";
import { playRound } from "./round.ts";

/** Between them both versions, a broker that remembers and one that forgets, a kill of each part, a line that stalls. */
const rounds = [
  {
    seed: 34,
    mqttVersion: "3.1.1",
    broker: "forgetting",
    troubles: [/broker/, /kill gateway/, /kill agent/],
  },
  { seed: 7, mqttVersion: "5", broker: "remembering", troubles: [/gateway/, /kill receiver/, /stall/] },
];
/** Some 7 s here; on a machine that does much else a round waits longer for its peace. */
const roundMsMax = 120_000;

describe.skipIf(!realBrokerThere("two rounds of killing real processes"))("a round of killing", () => {
  it.each(rounds)(
    "loses nothing and doubles nothing, seed $seed",
    async ({ seed, mqttVersion, broker, troubles }) => {
      const report = await playRound({ seed, troubles: 3, troubleMs: 2_000 }, systemClock());
      expect(report.findings, `${report.troubles.join(", ")}\n${report.evidence}`).toEqual([]);
      // The seed still means what it was chosen for.
      expect(report).toMatchObject({ mqttVersion, broker });
      expect(report.troubles).toEqual(troubles.map((trouble) => expect.stringMatching(trouble)));
      expect(report.caused).toBeGreaterThan(20);
      expect(report.committed).toBeGreaterThan(10);
      expect(report.stored).toBeGreaterThan(10);
    },
    roundMsMax,
  );
});
