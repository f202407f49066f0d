import type { Checker } from "../facts.ts";

/** A watermark tells of nothing that is not on HQ's disk at that moment. */
export function watermarkIsOnDisk(): Checker {
  return {
    name: "watermark-is-on-disk",
    see(fact) {
      if (fact.kind !== "watermark") return undefined;
      const { watermark, held } = fact;
      const beyond = (["sequence", "telemetry"] as const).find(
        (stream) => Number(watermark[stream]) > Number(held[stream]),
      );
      return (
        beyond &&
        `headquarters told ${beyond} ${watermark[beyond]} of ${watermark.epoch} and holds ${held[beyond]}`
      );
    },
    finish: () => undefined,
  };
}
