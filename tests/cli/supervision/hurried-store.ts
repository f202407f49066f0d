// `storewire run` with time ten times as fast, so that patience of a minute is over in six seconds, and with
// the trouble that is named on the command line:
//   none            nothing
//   hang-opening    the device `reader` was never ready, and each opening of it holds a thread for ever
//   hang-again      it was ready once, and then the same
//   mute-link       connections to headquarters neither come about nor fail
//   crash           after a second something throws where nobody catches it
//   reject          after a second a promise is rejected that nobody waits for
import { readFile, readFileSync } from "node:fs";
import { readConfiguration } from "../../../cli/configuration-file.ts";
import { openLog } from "../../../cli/log.ts";
import { type Store, startWholeStore } from "../../../cli/store.ts";
import { serve } from "../../../cli/supervision/service.ts";
import { bootId, packageVersion, systemClock, systemRandom } from "../../../cli/system.ts";
import type { Clock } from "../../../protocols/clock.ts";
import type { Opening, Transport } from "../../../protocols/transport.ts";

const [file = "", trouble = "none", fifo = ""] = process.argv.slice(2);
const reading = readConfiguration(readFileSync(file, "utf8"), file);
if (!reading.ok) throw new Error(JSON.stringify(reading.errors));
const { configuration } = reading;

const haste = 10;
const real = systemClock();
const startedMs = { wall: real.wallMs(), monotonic: real.monotonicMs() };
const clock: Clock = {
  wallMs: () => startedMs.wall + (real.monotonicMs() - startedMs.monotonic) * haste,
  quality: () => real.quality(),
  monotonicMs: () => real.monotonicMs() * haste,
  after: (delayMs, task) => real.after(delayMs / haste, task),
};

/** Nobody ever opens the other end of this pipe: a thread of libuv waits in the kernel. */
const hang = (): Promise<Opening> =>
  new Promise((_, reject) => {
    readFile(fifo, () => reject(new Error("nobody writes into this pipe")));
  });

let openings = 0;
const hanging: Transport = {
  open(listener) {
    openings += 1;
    if (trouble === "hang-opening" || openings > 1) return hang();
    clock.after(20_000, () => listener.closed({ code: "connection-lost", detail: "unplugged" }));
    return Promise.resolve({ ok: true, connection: idle });
  },
};
const idle = {
  send: () => Promise.resolve(),
  sendFeature: () => Promise.resolve(),
  setLine: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
const healthy: Transport = { open: () => Promise.resolve({ ok: true, connection: idle }) };

/** The commit point is in use all the time. */
function keepWriting(store: Store): void {
  clock.after(500, () => {
    store.agent?.take({ id: `c-${clock.monotonicMs()}`, device: "nobody", task: { kind: "restart" } });
    keepWriting(store);
  });
}

const log = openLog("info", "run", clock);
await serve({
  clock,
  log,
  async start(restart) {
    const store = await startWholeStore(configuration, {
      clock,
      random: systemRandom,
      boot: bootId(),
      version: packageVersion,
      log,
      restart,
      simulated: new Map([
        ["hanging", trouble.startsWith("hang") ? hanging : healthy],
        ["healthy", healthy],
      ]),
      ...(trouble === "mute-link" ? { openConnection: muteConnection } : {}),
    });
    keepWriting(store);
    if (trouble === "crash")
      clock.after(10_000, () => {
        throw new Error("planted");
      });
    if (trouble === "reject") clock.after(10_000, () => void Promise.reject(new Error("planted")));
    log.info({ event: "started" });
    return store;
  },
});

function muteConnection() {
  return {
    publish: () => new Promise<void>(() => undefined),
    subscribe: () => new Promise<readonly string[]>(() => undefined),
    fall: () => undefined,
    close: () => Promise.resolve(),
  };
}
