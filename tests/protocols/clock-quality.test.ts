import { describe, expect, it } from "vitest";
import {
  initialQuality,
  type QualityLook,
  qualityStep,
  settleMs,
  stepMsMin,
} from "../../protocols/clock-quality.ts";

const look = (monotonicMs: number, change: Partial<QualityLook> = {}): QualityLook => ({
  wallMs: 1_000_000 + monotonicMs,
  monotonicMs,
  kept: true,
  earliestMs: 1_000_000,
  ...change,
});
const play = (looks: readonly QualityLook[]) => {
  let state = initialQuality;
  return looks.map((next) => {
    state = qualityStep(state, next);
    return state.quality;
  });
};

describe("a clock's quality", () => {
  it("is synced at the first answer that says so, and not before there is one", () => {
    expect(play([look(0, { kept: undefined }), look(1, { kept: undefined }), look(2)])).toEqual([
      "estimated",
      "estimated",
      "synced",
    ]);
  });

  it("stays synced when nobody keeps the clock any more", () => {
    expect(play([look(0), look(1, { kept: false }), look(9e9, { kept: false })])).toEqual([
      "synced",
      "synced",
      "synced",
    ]);
  });

  it("comes when a clock that was not kept has been, and still, for two seconds", () => {
    const moved = { wallMs: 1_000_000 + 1_500 + stepMsMin };
    expect(
      play([
        look(0, { kept: false }),
        look(1_000),
        look(1_500, moved),
        look(1_500 + settleMs - 1, { wallMs: moved.wallMs + settleMs - 1 }),
        look(1_500 + settleMs, { wallMs: moved.wallMs + settleMs + stepMsMin - 1 }),
      ]),
    ).toEqual(["estimated", "estimated", "estimated", "estimated", "synced"]);
    const lost = [look(0, { kept: false }), look(1_000), look(2_000, { kept: false }), look(3_500)];
    expect(play(lost)).toEqual(["estimated", "estimated", "estimated", "estimated"]);
  });

  it("goes where the clock is plainly wrong, and comes again only when it is kept and still", () => {
    expect(
      play([look(0), look(1, { wallMs: 999_999 }), look(2), look(2 + settleMs - 1), look(2 + settleMs)]),
    ).toEqual(["synced", "estimated", "estimated", "estimated", "synced"]);
  });
});
