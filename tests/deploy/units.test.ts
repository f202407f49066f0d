import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodeFlags } from "../../cli/node-flags.ts";
import { loopRestartsMax } from "../../edge-agent/loop-watch.ts";
import { configurationSchema } from "../../protocols/config/configuration.ts";

const folder = "deploy/systemd";
const agentDoor = configurationSchema.parse({
  site: { id: "s", gln: "9521321000018", timeZone: "UTC" },
  gateway: { id: "g" },
  hq: { url: "mqtt://127.0.0.1:1883" },
}).agent.door;
const units = readdirSync(folder).filter((name) => name.endsWith(".service"));
const lines = (unit: string): string[] => readFileSync(join(folder, unit), "utf8").split("\n");
const analyzeThere = spawnSync("systemd-analyze", ["--version"]).status === 0;
if (!analyzeThere) console.warn("skipped: systemd-analyze on the units of deploy/systemd (it is not here)");

describe("the systemd units", () => {
  it("are four", () => {
    expect(units).toEqual([
      "storewire-agent.service",
      "storewire-gateway.service",
      "storewire-hq.service",
      "storewire.service",
    ]);
  });

  it.each(units)("%s starts again for ever, but not with a wrong configuration", (unit) => {
    expect(lines(unit)).toEqual(
      expect.arrayContaining([
        "Restart=always",
        "StartLimitIntervalSec=0",
        "RestartPreventExitStatus=64 78",
        "StateDirectory=storewire",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
      ]),
    );
  });

  it.each(units)("%s starts Node as the command's first line does", (unit) => {
    const flags = nodeFlags.join(" ");
    expect(lines(unit).find((line) => line.startsWith("ExecStart="))).toContain(
      `/usr/bin/node ${flags} /usr/lib`,
    );
    expect(readFileSync("cli/main.ts", "utf8").split("\n")[0]).toBe(`#!/usr/bin/env -S node ${flags}`);
  });

  it.each(units)(
    "%s is watched by its progress, and its words may come from systemd's own program",
    (unit) => {
      expect(lines(unit)).toEqual(
        expect.arrayContaining(["Type=notify", "NotifyAccess=all", "WatchdogSec=60", "LimitCORE=0"]),
      );
    },
  );

  it.each(units)("%s restarts the machine only by the last resort, and headquarters' not at all", (unit) => {
    const actions = lines(unit).filter((line) =>
      /^(StartLimitAction|FailureAction|SuccessAction)=/.test(line),
    );
    expect(actions).toEqual([]);
    const lastResort = "ExecStopPost=-+/usr/bin/node /usr/lib/storewire/dist/cli/main.js last-resort";
    const posts = lines(unit).filter((line) => line.startsWith("ExecStopPost="));
    expect(posts).toEqual(unit === "storewire-hq.service" ? [] : [lastResort]);
  });

  it("have a watchdog below them that a Raspberry Pi can set", () => {
    const seconds = /^RuntimeWatchdogSec=(\d+)$/m.exec(
      readFileSync(join(folder, "storewire-watchdog.conf"), "utf8"),
    );
    expect(Number(seconds?.[1])).toBeLessThanOrEqual(15);
  });

  it.each(units)("%s keeps the hardware in sight and the JavaScript engine able to work", (unit) => {
    const forbidden = lines(unit).filter((line) => /^(PrivateDevices|MemoryDenyWriteExecute)=/.test(line));
    expect(forbidden).toEqual([]);
  });

  it.each(["storewire.service", "storewire-agent.service"])(
    "%s has threads for three ports that hang",
    (unit) => {
      // Each of them is opened once, and once more for each new beginning of its loop.
      const threads = 3 * (1 + loopRestartsMax) + 3;
      expect(lines(unit)).toContain(`Environment=UV_THREADPOOL_SIZE=${threads}`);
    },
  );

  it.each(["storewire.service", "storewire-agent.service"])(
    "%s has a folder for its agent's door",
    (unit) => {
      expect(lines(unit)).toEqual(
        expect.arrayContaining(["RuntimeDirectory=storewire", "RuntimeDirectoryMode=0750"]),
      );
      expect(agentDoor).toBe("/run/storewire/agent.sock");
    },
  );

  it.each(["storewire.service", "storewire-agent.service"])("%s may open the store's devices", (unit) => {
    const allowed = lines(unit).filter((line) => line.startsWith("DeviceAllow="));
    for (const kind of ["ttyUSB", "ttyACM", "hidraw", "gpiochip"]) {
      expect(allowed).toContain(`DeviceAllow=char-${kind} rw`);
    }
  });

  it.each(units)("%s starts a command that the program has", (unit) => {
    const start = lines(unit).find((line) => line.startsWith("ExecStart=")) ?? "";
    expect(start).toMatch(
      /^ExecStart=\/usr\/bin\/node --\S+ \/usr\/lib\/storewire\/dist\/cli\/main\.js (run|agent|gateway|hq receive) /,
    );
  });

  it.skipIf(!analyzeThere).each(units)("%s is understood by systemd and well locked", (unit) => {
    const copy = mkdtempSync(join(tmpdir(), "storewire-units-"));
    cpSync(folder, copy, { recursive: true });
    // systemd looks whether the program and the page are there.
    const here = lines(unit)
      .join("\n")
      .replaceAll("/usr/bin/node", process.execPath)
      .replace(/^Documentation=.*$/m, "");
    writeFileSync(join(copy, unit), here);
    const verified = spawnSync("systemd-analyze", ["verify", join(copy, unit)], { encoding: "utf8" });
    expect(verified.stderr).toBe("");
    expect(verified.status).toBe(0);
    const judged = spawnSync(
      "systemd-analyze",
      ["security", "--offline=true", "--threshold=30", join(copy, unit)],
      { encoding: "utf8" },
    );
    expect(judged.status, judged.stdout.split("\n").at(-2)).toBe(0);
  });
});

describe("the screen's unit", () => {
  const folderOfScreen = "deploy/screen";
  const name = "storewire-screen.service";
  const text = readFileSync(join(folderOfScreen, name), "utf8");

  it("shows one page, lets calls be spoken, and comes back after everything", () => {
    expect(text).toMatch(
      /^ExecStart=\/usr\/bin\/cage -- \/usr\/bin\/chromium --kiosk .* \$\{STOREWIRE_PAGE\}$/m,
    );
    expect(text).toContain("--autoplay-policy=no-user-gesture-required");
    expect(text).toMatch(/^Restart=always$/m);
    // A token on a command line can be read by everybody on the machine.
    expect(text).not.toMatch(/token/i);
  });

  it.skipIf(!analyzeThere)("is understood by systemd", () => {
    const copy = mkdtempSync(join(tmpdir(), "storewire-screen-"));
    writeFileSync(join(copy, name), text.replace("/usr/bin/cage", process.execPath));
    const verified = spawnSync("systemd-analyze", ["verify", join(copy, name)], { encoding: "utf8" });
    expect(verified.stderr).toBe("");
  });
});
