import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { siteConfiguration } from "../site.ts";
import { waitUntil } from "../wait-until.ts";
import { type GuestImage, root } from "./guest-image.ts";
import { GuestMachine } from "./guest-machine.ts";

/** What systemd said of the unit at one moment: its properties, and the seconds since the guest's start. */
export type Moment = Readonly<Record<string, string>>;

const stages = ["ready", "hung", "ended", "again"] as const;
export type Trial = Readonly<Record<(typeof stages)[number], Moment>>;

/** Two starts on an emulated processor, and the watchdog's minute between them. */
const trialMsMax = 900_000;

/** Whether this machine has a systemd that the guest could run. */
export const systemdThere = (): boolean =>
  existsSync("/lib/systemd/systemd") && existsSync("/bin/systemd-sysusers");

/** Runs the shipped unit under Debian's systemd, stops its process dead once it is ready, and waits until it is again. */
export async function playSystemdTrial(image: GuestImage, onLine: (line: string) => void): Promise<Trial> {
  const moments = new Map<string, Moment>();
  const script = (name: string): string =>
    readFileSync(join(root, "tests/hardware-in-the-loop/guest", name), "utf8");
  const site = siteConfiguration({ directory: "/var/lib/storewire", headquartersUrl: "mqtt://127.0.0.1:1" });
  const guest = new GuestMachine({
    image,
    script: `export REPOSITORY=${root} NODE=${process.execPath}; . /guest/out/systemd-run`,
    files: {
      "systemd-run": script("systemd-run"),
      "systemd-check": script("systemd-check"),
      "storewire.json": JSON.stringify(site),
    },
    onLine(line) {
      const [, stage = "", words = ""] = /^trial (\w+) (.*)$/.exec(line.trim()) ?? [];
      if (stage === "") return;
      onLine(line.trim());
      moments.set(
        stage,
        Object.fromEntries(
          words
            .trim()
            .split(" ")
            .map((fact) => fact.split("=", 2)),
        ),
      );
    },
  });
  try {
    await waitUntil("the trial is over", () => !guest.running, trialMsMax);
  } finally {
    guest.cut();
    await guest.off();
    guest.forget();
  }
  const moment = (stage: string): Moment => {
    const found = moments.get(stage);
    if (found === undefined) throw new Error(`the unit was never ${stage}\n${guest.said()}`);
    return found;
  };
  return { ready: moment("ready"), hung: moment("hung"), ended: moment("ended"), again: moment("again") };
}

/** Empty when the unit was ready by its own word, hung, was ended by the watchdog, and is ready again as another process. */
export function shortcomings({ ready, ended, again }: Trial): readonly string[] {
  const expected: readonly (readonly [string, boolean])[] = [
    ["the unit tells when it is ready", ready["Type"] === "notify" && ready["ActiveState"] === "active"],
    ["it has a watchdog", /^\d/.test(ready["WatchdogUSec"] ?? "")],
    ["it was not restarted before it hung", ready["NRestarts"] === "0"],
    ["it was restarted once when it hung", ended["NRestarts"] === "1" && again["NRestarts"] === "1"],
    ["it is ready again", again["ActiveState"] === "active"],
    ["it is another process", again["MainPID"] !== ready["MainPID"]],
  ];
  return expected.filter(([, holds]) => !holds).map(([words]) => `not so: ${words}`);
}
