import { describe, expect, it } from "vitest";
import { systemdWishes } from "../../../cli/supervision/systemd.ts";

const socket = "/run/systemd/notify";

describe("what systemd wishes, after sd_notify(3) and sd_watchdog_enabled(3)", () => {
  it.each([
    ["nothing, outside of systemd", {}, undefined, undefined],
    ["words, without WatchdogSec=", { NOTIFY_SOCKET: socket }, socket, undefined],
    ["words on an abstract socket", { NOTIFY_SOCKET: "@notify" }, "@notify", undefined],
    ["both", { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "60000000", WATCHDOG_PID: "42" }, socket, 60_000],
    ["both, of whoever asks", { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "500" }, socket, 0.5],
    [
      "nothing of this process, when its parent is watched",
      { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "60000000", WATCHDOG_PID: "41" },
      socket,
      undefined,
    ],
    ["nothing that it can hear", { WATCHDOG_USEC: "60000000" }, undefined, undefined],
    ["nothing over a kind of socket that is unknown", { NOTIFY_SOCKET: "vsock:2:1" }, undefined, undefined],
    ["nothing at a path that is none", { NOTIFY_SOCKET: "/" }, undefined, undefined],
    ["no watchdog of no time", { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "0" }, socket, undefined],
    [
      "no watchdog of a time that is none",
      { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "1e9" },
      socket,
      undefined,
    ],
  ] as const)("is %s", (_, environment, notifySocket, watchdogMs) => {
    expect(systemdWishes(environment, 42)).toEqual({ notifySocket, watchdogMs });
  });
});
