import type { YaohuaCmdFrame } from "../../protocols/codecs/yaohua-cmd.ts";
import { yaohuaCmd, yaohuaCmdWeight } from "../../protocols/codecs/yaohua-cmd.ts";
import { restingBy, scaleDriver } from "./parts/scale/driver.ts";
import type { ScaleProtocol } from "./parts/scale/protocol.ts";
import { weightWord } from "./parts/scale/protocol.ts";

const letters = { handshake: "A", gross: "B", net: "D" } as const;

/** Yaohua's indicators in command mode: each answers to its own letter, so several may share a line. */
export const yaohuaCmdScale = scaleDriver("yaohua-cmd", (settings): ScaleProtocol<YaohuaCmdFrame> => {
  const { address } = settings;
  const decimals = settings.decimals === "auto" ? undefined : settings.decimals;
  const command = (letter: string): Uint8Array =>
    yaohuaCmd.encode({ kind: "command", address, command: letter });
  return {
    codec: yaohuaCmd,
    read: (frame) => {
      if (frame.address !== address) return undefined;
      if (frame.command === letters.handshake) return { kind: "greeted" };
      return weightWord(yaohuaCmdWeight(frame, decimals));
    },
    speaks: {
      when: "asked",
      greet: command(letters.handshake),
      ask: command(letters[settings.weight]),
      everyMs: settings.pollMs,
    },
    unit: settings.unit,
    resting: restingBy(settings),
    capacity: settings.capacity,
  };
});
