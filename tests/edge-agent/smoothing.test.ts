import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ButtonObservation, buttons, buttonsMax } from "../../edge-agent/smoothing/buttons.ts";
import { type ScanObservation, scans, scansMax } from "../../edge-agent/smoothing/scans.ts";
import { type TagObservation, tags } from "../../edge-agent/smoothing/tags.ts";
import { smoother } from "../../edge-agent/smoothing.ts";
import type { Observation } from "../../protocols/readings.ts";
import { fromLatin1, toHex } from "../../protocols/stream/bytes.ts";

const seen = (epcHex: string, antenna = 1): TagObservation => ({
  kind: "tag",
  change: "seen",
  epcHex,
  antenna,
});
const tagSettings = { tagSilenceMsMax: 5_000, tagPresentEveryMs: 60_000, tagsMax: 3 };

/** Shows each sighting at its time, ticks at each due time, and lists what was said when. */
function watch(sightings: readonly { atMs: number; epcHex: string }[], settings = tagSettings) {
  const view = tags(settings);
  view.look(true, 0);
  const said: { atMs: number; tag: TagObservation }[] = [];
  const tickUntil = (atMs: number): void => {
    for (let due = view.dueMs(); due !== undefined && due <= atMs; due = view.dueMs())
      for (const tag of view.departures(due)) said.push({ atMs: due, tag });
  };
  for (const { atMs, epcHex } of sightings) {
    tickUntil(atMs);
    for (const tag of view.seen(seen(epcHex), atMs)) said.push({ atMs, tag });
  }
  tickUntil(Number.POSITIVE_INFINITY);
  return said;
}

describe("tags", () => {
  it("arrive at once, are present now and then, and depart after silence", () => {
    const sightings = Array.from({ length: 130 }, (_, second) => ({ atMs: second * 1_000, epcHex: "aa" }));
    const said = watch(sightings).map(({ atMs, tag }) => [atMs, tag.change]);
    expect(said).toEqual([
      [0, "arrived"],
      [60_000, "present"],
      [120_000, "present"],
      [134_000, "departed"],
    ]);
  });

  it("depart with the antenna that saw them last, and without a signal strength", () => {
    const view = tags(tagSettings);
    view.look(true, 0);
    view.seen({ ...seen("aa"), rssiDbm: -50 }, 0);
    view.seen({ ...seen("aa", 4), rssiDbm: -51 }, 100);
    expect(view.departures(5_100)).toEqual([{ kind: "tag", change: "departed", epcHex: "aa", antenna: 4 }]);
  });

  it("that come back after their silence have departed in between, however late the tick", () => {
    const view = tags(tagSettings);
    view.look(true, 0);
    view.seen(seen("aa"), 0);
    expect(view.seen(seen("aa"), 9_000).map(({ change }) => change)).toEqual(["departed", "arrived"]);
  });

  it("do not depart while the reader does not look, and are given their whole silence afterwards", () => {
    const view = tags(tagSettings);
    view.look(true, 0);
    view.seen(seen("aa"), 1_000);
    view.look(false, 2_000);
    expect(view.dueMs()).toBeUndefined();
    expect(view.departures(1_000_000)).toEqual([]);
    view.look(true, 1_000_000);
    expect(view.dueMs()).toBe(1_005_000);
    expect(view.departures(1_004_999)).toEqual([]);
    expect(view.departures(1_005_000)).toHaveLength(1);
  });

  it("beyond the limit push out the one that was seen longest ago", () => {
    const view = tags(tagSettings);
    for (const [atMs, epcHex] of ["aa", "bb", "cc", "aa"].entries()) view.seen(seen(epcHex), atMs);
    expect(view.seen(seen("dd"), 10).map(({ change, epcHex }) => [change, epcHex])).toEqual([
      ["departed", "bb"],
      ["arrived", "dd"],
    ]);
  });

  it("alternate between arrived and departed, with spaced presents between, for any sightings", () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 8_000 }),
      epcHex: fc.constantFrom("aa", "bb", "cc", "dd", "ee"),
    });
    const settings = { tagSilenceMsMax: 3_000, tagPresentEveryMs: 7_000, tagsMax: 3 };
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
        let atMs = 0;
        const sightings = steps.map(({ afterMs, epcHex }) => {
          atMs += afterMs;
          return { atMs, epcHex };
        });
        const said = watch(sightings, settings);
        let inView = 0;
        for (const { tag } of said) {
          if (tag.change === "arrived") inView += 1;
          if (tag.change === "departed") inView -= 1;
          expect(inView).toBeLessThanOrEqual(settings.tagsMax);
        }
        expect(inView).toBe(0);
        for (const epcHex of new Set(sightings.map((sighting) => sighting.epcHex)))
          checkOneTag(said.filter(({ tag }) => tag.epcHex === epcHex));
      }),
    );

    function checkOneTag(said: readonly { atMs: number; tag: TagObservation }[]): void {
      let lastMs = Number.NEGATIVE_INFINITY;
      let isInView = false;
      for (const { atMs: saidMs, tag } of said) {
        expect(isInView).toBe(tag.change !== "arrived");
        if (tag.change === "present")
          expect(saidMs - lastMs).toBeGreaterThanOrEqual(settings.tagPresentEveryMs);
        isInView = tag.change !== "departed";
        lastMs = saidMs;
      }
      expect(isInView).toBe(false);
    }
  });
});

const button = (change: ButtonObservation["change"], name = "a"): ButtonObservation => ({
  kind: "button",
  change,
  button: name,
});

describe("buttons", () => {
  it("make one press of a trembling hand, and a second one after the lock-out", () => {
    const panel = buttons({ buttonLockoutMs: 700 });
    const at = (atMs: number, change: "down" | "up"): number => panel.changed(button(change), atMs).length;
    expect([at(0, "down"), at(20, "up"), at(40, "down"), at(60, "up")]).toEqual([1, 0, 0, 0]);
    expect([at(699, "down"), at(700, "up"), at(701, "down")]).toEqual([0, 0, 1]);
  });

  it("held down with a keyboard's repeat are one press", () => {
    const panel = buttons({ buttonLockoutMs: 700 });
    const presses = Array.from({ length: 200 }, (_, index) => panel.changed(button("down"), index * 30));
    expect(presses.flat()).toEqual([{ kind: "button", change: "pressed", button: "a" }]);
  });

  it("whose `up` was lost work again after the lock-out", () => {
    const panel = buttons({ buttonLockoutMs: 700 });
    expect(panel.changed(button("down"), 0)).toHaveLength(1);
    expect(panel.changed(button("down"), 700)).toHaveLength(1);
  });

  it("do not lock each other out, and are bounded in number", () => {
    const panel = buttons({ buttonLockoutMs: 700 });
    for (let index = 0; index <= buttonsMax; index += 1)
      expect(panel.changed(button("down", `b${index}`), index)).toHaveLength(1);
    expect(panel.changed(button("down", "b1"), 300)).toHaveLength(0);
    expect(panel.changed(button("down", "b0"), 300)).toHaveLength(1);
  });

  it("keep presses a lock-out apart, and never miss one after a quiet time", () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 1_500 }),
      change: fc.constantFrom("down" as const, "up" as const),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const panel = buttons({ buttonLockoutMs: 700 });
        let atMs = 0;
        let pressedMs = Number.NEGATIVE_INFINITY;
        for (const { afterMs, change } of steps) {
          atMs += afterMs;
          const isPress = panel.changed(button(change), atMs).length === 1;
          if (isPress) {
            expect(change).toBe("down");
            expect(atMs - pressedMs).toBeGreaterThanOrEqual(700);
            pressedMs = atMs;
          } else if (change === "down") {
            expect(Math.min(afterMs, atMs - pressedMs)).toBeLessThan(700);
          }
        }
      }),
    );
  });
});

const scan = (text: string): ScanObservation => ({
  kind: "scan",
  text,
  bytesHex: toHex(fromLatin1(text)),
});

describe("scans", () => {
  it("of the same code in quick succession are one, also where two labels are read in turn", () => {
    const codes = scans({ scanRepeatMs: 300 });
    const said = Array.from({ length: 20 }, (_, index) =>
      codes.scanned(scan(index % 2 ? "A" : "B"), index * 100),
    );
    expect(said.flat().map(({ text }) => text)).toEqual(["B", "A"]);
  });

  it("again after the repeat time are a new one; other bytes or another symbology are another code", () => {
    const codes = scans({ scanRepeatMs: 300 });
    expect(codes.scanned(scan("A"), 0)).toHaveLength(1);
    expect(codes.scanned(scan("A"), 299)).toHaveLength(0);
    expect(codes.scanned({ ...scan("A"), aim: "]C1" }, 300)).toHaveLength(1);
    expect(codes.scanned(scan("A"), 599)).toHaveLength(1);
  });

  it("remember a code that is still being read, however many others come by", () => {
    const codes = scans({ scanRepeatMs: 10_000 });
    let said = 0;
    for (let atMs = 0; atMs < 3 * scansMax; atMs += 1) {
      expect(codes.scanned(scan(`other ${atMs}`), atMs)).toHaveLength(1);
      if (atMs % 3 === 0) said += codes.scanned(scan("A"), atMs).length;
    }
    expect(said).toBe(1);
    expect(codes.scanned(scan("other 0"), 3 * scansMax)).toHaveLength(1);
  });

  it("are all kept where the repeat time is zero", () => {
    const codes = scans({ scanRepeatMs: 0 });
    expect([codes.scanned(scan("A"), 0), codes.scanned(scan("A"), 0)].flat()).toHaveLength(2);
  });

  it("leave out nothing but what was read within the repeat time", () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 400 }),
      text: fc.constantFrom("A", "B", "C"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const codes = scans({ scanRepeatMs: 300 });
        const lastMs = new Map<string, number>();
        let atMs = 0;
        for (const { afterMs, text } of steps) {
          atMs += afterMs;
          const isNew = atMs - (lastMs.get(text) ?? Number.NEGATIVE_INFINITY) >= 300;
          expect(codes.scanned(scan(text), atMs)).toHaveLength(isNew ? 1 : 0);
          lastMs.set(text, atMs);
        }
      }),
    );
  });
});

describe("presence", () => {
  it("is told when it changes, and anew after a time in which nobody looked", () => {
    const all = smoother({ ...tagSettings, scanRepeatMs: 300, buttonLockoutMs: 700, weightDigitsMin: 2 });
    const tell = (present: boolean): number => all.observe({ kind: "presence", present }, 0).length;
    all.look(true, 0);
    expect([tell(false), tell(false), tell(true), tell(true), tell(false)]).toEqual([1, 0, 1, 0, 1]);
    all.look(false, 0);
    all.look(true, 0);
    expect([tell(false), tell(false)]).toEqual([1, 0]);
  });
});

describe("what needs no smoothing", () => {
  const passing: readonly Observation[] = [
    { kind: "passage", direction: "out" },
    { kind: "printer", online: true, paper: "ok", cover: "closed", error: false },
    { kind: "answer", command: "c1", outcome: "done" },
    { kind: "health", state: "ready", noiseBytes: 0, droppedReadings: 0 },
  ];
  it.each(passing)("passes: $kind", (observation) => {
    const all = smoother({
      ...tagSettings,
      scanRepeatMs: 300,
      buttonLockoutMs: 700,
      weightDigitsMin: 2,
    });
    expect([all.observe(observation, 0), all.observe(observation, 0)]).toEqual([
      [observation],
      [observation],
    ]);
  });
});
