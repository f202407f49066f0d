import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../cli/system.ts";
import { eventSchema } from "../../protocols/events.ts";
import { seededRandom } from "../../protocols/random.ts";
import { carryOnPty, type PtyDevice } from "../../simulators/carriers/on-pty.ts";
import { carryOnTcp, type TcpDevice } from "../../simulators/carriers/on-tcp.ts";
import { R2000Simulator, type ReaderStimulus, readerDefaults } from "../../simulators/devices/r2000-a0.ts";
import { createSerialScanner, type ScannerStimulus } from "../../simulators/devices/serial-scanner.ts";
import { itemUri, scanOf, tagOf } from "../durability/caused.ts";
import { freePort, realBrokerThere } from "../real-broker.ts";
import { type SiteOptions, writeSite } from "../site.ts";
import type { StorewireProcess } from "../storewire-process.ts";
import { waitUntil } from "../wait-until.ts";
import { deadlineMs, healthOf, RunningSite, ready, said } from "./running-site.ts";

const testMs = 2 * deadlineMs;
const clock = systemClock();
const framing = { suffix: "cr", aimPrefix: true } as const;

const plugScanner = (link: string): PtyDevice<ScannerStimulus> =>
  carryOnPty(createSerialScanner(framing), { clock, link });
const scan = (scanner: PtyDevice<ScannerStimulus>, serial: number): void =>
  scanner.stimulate({ kind: "scan", ...scanOf(serial) });

type Device = NonNullable<SiteOptions["devices"]>[number];
const scannerAt = (id: string, path: string): Device => ({
  id,
  readPoint: "desk",
  driver: "serial-scanner",
  transport: { kind: "serial", path },
  settings: framing,
});
const buttonsWithoutGpio: Device = {
  id: "kiosk-buttons",
  readPoint: "kiosk",
  driver: "gpio-buttons",
  transport: { kind: "gpio", lines: { ticket: { chip: "no-such-chip", offset: 1 } } },
  settings: { buttons: { ticket: { kind: "issue", service: "returns" } } },
};

/** What is missing for GPIO lines on the machine that runs the tests, and how it is said: it may have either backend. */
const gpioMissing = {
  code: /^(gpio-unavailable|device-absent)$/,
  detail: /onoff|gpiod|\/sys\/class\/gpio is not there|no GPIO chip is labelled no-such-chip/,
};

describe.skipIf(!realBrokerThere("storewire run, hq receive and hq tail as real processes"))(
  "the main job in real processes",
  () => {
    describe.each(["3.1.1", "5"] as const)("on MQTT %s", (mqttVersion) => {
      let site: RunningSite;
      let scanner: PtyDevice<ScannerStimulus>;
      let reader: TcpDevice<ReaderStimulus>;
      let tail: StorewireProcess;
      let run: StorewireProcess;

      beforeAll(async () => {
        site = await RunningSite.open();
        scanner = plugScanner(join(site.directory, "desk-scanner"));
        reader = await carryOnTcp(new R2000Simulator(readerDefaults, seededRandom(1)), { clock });
        tail = site.start("hq", "tail", "--json", "--url", site.broker.url, "--mqtt-version", mqttVersion);
        await site.untilSubscribed(/storewire-hq-tail/);
        const file = writeSite({
          directory: site.directory,
          headquartersUrl: site.broker.url,
          mqttVersion,
          devices: [
            scannerAt("lost-scanner", join(site.directory, "lost-scanner")),
            buttonsWithoutGpio,
            scannerAt("desk-scanner", scanner.path),
            {
              id: "cage-reader",
              readPoint: "cage",
              driver: "r2000-a0",
              transport: { kind: "tcp", host: reader.host, port: reader.port },
            },
          ],
        });
        run = site.start("run", "--readings", "--config", file);
        await Promise.all([ready(run, "desk-scanner"), ready(run, "cage-reader")]);
      }, testMs);

      afterAll(async () => {
        await site.close();
        await Promise.all([scanner.close(), reader.close()]);
      }, testMs);

      it(
        "brings a scan on a serial line and a tag at a reader to HQ's disk",
        async () => {
          scan(scanner, 7);
          reader.stimulate({ kind: "tag-near", epcHex: tagOf(8), antenna: 1 });
          const handedIn = await site.untilHeld("the hand-in", ({ subject }) => subject === itemUri(7));
          expect(handedIn).toMatchObject({
            type: "storewire.return.handed-in",
            source: "/store-0042/gw1/desk-scanner",
            gateway: "gw1",
            data: {
              type: "ObjectEvent",
              eventID: expect.stringMatching(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0$/),
            },
          });
          const stored = await site.untilHeld(
            "the storing",
            ({ type, subject }) => type === "storewire.return.stored" && subject === itemUri(8),
          );
          expect(stored).toMatchObject({
            type: "storewire.return.stored",
            source: "/store-0042/gw1/cage-reader",
          });
          const sequences = (await site.events())
            .filter(({ type }) => !/^storewire\.(device|gateway)\./.test(type))
            .map(({ sequence }) => Number(sequence));
          expect(sequences).toEqual(sequences.map((_, index) => index + 1));
        },
        testMs,
      );

      it("speaks the configured version to HQ's broker", () => {
        const level = mqttVersion === "5" ? 5 : 2;
        expect(site.broker.log()).toMatch(new RegExp(`as storewire-store-0042-gw1 \\(p${level},`));
      });

      it(
        "prints each event once in hq tail, and nothing else on its stdout",
        async () => {
          const eventsTold = () => tail.stdoutLines.map((line) => eventSchema.parse(JSON.parse(line)));
          await waitUntil(
            "hq tail has printed both",
            () => [7, 8].every((serial) => eventsTold().some(({ subject }) => subject === itemUri(serial))),
            deadlineMs,
          );
          const places = eventsTold().map(({ type, epoch, sequence }) =>
            [/^storewire\.(device|gateway)\./.test(type) ? "tel" : "evt", epoch, sequence].join("/"),
          );
          expect(new Set(places).size).toBe(places.length);
        },
        testMs,
      );

      it(
        "says which device is missing, runs without it, and takes it when it comes",
        async () => {
          const alert = await site.untilHeld(
            "the alert",
            ({ type, subject }) => type === "storewire.alert.device" && subject === "lost-scanner",
          );
          expect(alert.data).toMatchObject({ code: "device-absent", state: "absent", recovered: false });
          const found = plugScanner(join(site.directory, "lost-scanner"));
          await ready(run, "lost-scanner");
          scan(found, 9);
          const event = await site.untilHeld("its hand-in", ({ subject }) => subject === itemUri(9));
          expect(event.source).toBe("/store-0042/gw1/lost-scanner");
          await found.close();
        },
        testMs,
      );

      it(
        "says what a GPIO line lacks on this box, and runs without it",
        async () => {
          const code = expect.stringMatching(gpioMissing.code);
          const alert = await site.untilHeld(
            "the alert",
            ({ type, subject }) => type === "storewire.alert.device" && subject === "kiosk-buttons",
          );
          expect(alert.data).toMatchObject({ code, recovered: false });
          expect(healthOf(run, "kiosk-buttons").at(-1)).toMatchObject({ fault: code });
          const line = run
            .said()
            .split("\n")
            .find((each) => each.includes('"device":"kiosk-buttons"'));
          expect(JSON.parse(line ?? "")).toMatchObject({
            fault: code,
            detail: expect.stringMatching(gpioMissing.detail),
          });
        },
        testMs,
      );

      it(
        "ends hq tail with its reader, and hq receive in order",
        async () => {
          tail.leave();
          scan(scanner, 10);
          expect(await tail.exit()).toBe(0);
          await site.untilHeld("the last hand-in", ({ subject }) => subject === itemUri(10));
          expect(await site.receiver.kill("SIGTERM")).toBe(0);
          expect(site.receiver.said()).toContain('"event":"ended"');
        },
        testMs,
      );

      it(
        "says that it is online, and the broker that it is not once it was killed",
        async () => {
          expect(await site.retainedState()).toMatchObject({ online: true });
          await run.kill("SIGKILL");
          await waitUntil(
            "the last will is retained",
            async () => (await site.retainedState())?.online === false,
            deadlineMs,
          );
        },
        testMs,
      );
    });

    it(
      "keeps readings in an agent of its own until its gateway is there",
      async () => {
        const site = await RunningSite.open();
        const scanner = plugScanner(join(site.directory, "desk-scanner"));
        try {
          const brokerPort = await freePort();
          const file = writeSite({
            directory: site.directory,
            headquartersUrl: site.broker.url,
            brokerPort,
            agentBrokerUrl: `mqtt://127.0.0.1:${brokerPort}`,
            limits: { reconnectMsMax: 500 },
            devices: [scannerAt("desk-scanner", scanner.path)],
          });
          const agent = site.start("agent", "--readings", "--config", file);
          await ready(agent, "desk-scanner");
          scan(scanner, 21);
          const gateway = site.start("gateway", "--config", file);
          await said(gateway, /"event":"started"/, "the gateway has started");
          await site.untilHeld("what was scanned before", ({ subject }) => subject === itemUri(21));
          scan(scanner, 22);
          await site.untilHeld("what was scanned after", ({ subject }) => subject === itemUri(22));
          expect(await agent.kill("SIGTERM")).toBe(0);
          expect(await gateway.kill("SIGTERM")).toBe(0);
          const items = (await site.events())
            .filter(({ type }) => type === "storewire.return.handed-in")
            .map(({ subject }) => subject);
          expect(items).toEqual([itemUri(21), itemUri(22)]);
          expect(await site.retainedState()).toMatchObject({ online: false });
        } finally {
          await site.close();
          await scanner.close();
        }
      },
      testMs,
    );
  },
);
