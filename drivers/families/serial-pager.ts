import type { StreamCodec } from "../../protocols/codec.ts";
import { decoded, refused } from "../../protocols/codec.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import { equalBytes, fromHex } from "../../protocols/stream/bytes.ts";
import type { Driver, Session, SessionEffect, SessionStep } from "../driver.ts";
import { run } from "../driver.ts";
import { failed } from "./parts/answers.ts";
import { idleTimer, takeChunk, takeIdle } from "./parts/frame-intake.ts";
import { stay } from "./parts/steps.ts";

type Settings = SettingsOf<"serial-pager">;

/** A clerk's pager on a serial line: each key sends bytes of its maker's own, so the settings say which. */
export const serialPager: Driver<Settings> = {
  name: "serial-pager",
  transports: ["serial", "tcp"],
  start: (settings) => run(serialPagerSession(settings)),
};

interface PagerState {
  readonly rest: Uint8Array;
}
const initial: PagerState = { rest: new Uint8Array() };

/** The keys' frames as a protocol, whose frames are buttons. No frame begins with another one: the schema saw to it. */
export function pagerCodec(frames: Settings["frames"]): StreamCodec<string> {
  const keys = Object.entries(frames).map(([button, hex]) => ({
    button,
    bytes: fromHex(hex) ?? new Uint8Array(),
  }));
  const begins = (bytes: Uint8Array, start: Uint8Array): boolean =>
    equalBytes(bytes.subarray(0, start.length), start);
  return {
    name: "serial-pager",
    // No press is longer than the longest frame; the schema bounds that.
    frameBytesMax: 1 + Math.max(0, ...keys.map(({ bytes }) => bytes.length)),
    probe(bytes) {
      const whole = keys.find((key) => begins(bytes, key.bytes));
      if (whole !== undefined) return { kind: "frame", length: whole.bytes.length };
      return keys.some((key) => begins(key.bytes, bytes)) ? "more" : { kind: "noise", length: 1 };
    },
    decode(bytes) {
      const key = keys.find((each) => equalBytes(each.bytes, bytes));
      return key === undefined ? refused("field", "no key sends this") : decoded(key.button);
    },
    encode(button) {
      const key = keys.find((each) => each.button === button);
      if (key === undefined) throw new Error(`no key is called ${button}`);
      return key.bytes;
    },
  };
}

/** A pager says only that a key was pressed, never that it was let go: both at once. */
const press = (state: PagerState, button: string): SessionStep<PagerState> => ({
  state,
  effects: (["down", "up"] as const).map(
    (change): SessionEffect => ({ kind: "observe", observation: { kind: "button", change, button } }),
  ),
});

/** It speaks when it is pressed and answers nothing, so an open line is all that can be known of it. */
export function serialPagerSession({ frames }: Settings): Session<PagerState> {
  const codec = pagerCodec(frames);
  return {
    initial,
    step(state, input) {
      switch (input.kind) {
        case "opened":
          return { state: initial, effects: [{ kind: "ready" }] };
        case "bytes":
          return takeChunk(codec, state, input.bytes, press);
        case "timer":
          return input.name === idleTimer ? takeIdle(codec, state, press) : stay(state);
        case "command":
          return { state, effects: [failed(input.command, "command-unsupported")] };
        case "edge":
          return stay(state);
      }
    },
  };
}
