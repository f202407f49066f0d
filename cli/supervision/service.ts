import type { Logger } from "pino";
import { settledWithin } from "../../edge-agent/deadline.ts";
import type { Clock } from "../../protocols/clock.ts";
import { exitCodes } from "../exit-codes.ts";
import { firstSignal } from "../signals.ts";
import { type Cause, endingOf } from "./ending.ts";
import { ProcessWatch, type Stuck, type Watchable } from "./process-watch.ts";
import { type SystemdWishes, type Tell, takeSystemdWishes, tellBy } from "./systemd.ts";

/** What runs until it is told to end. */
export interface Service {
  readonly watchable: Watchable;
  close(): Promise<void>;
}

export interface ServiceOptions {
  /** Undefined where it could not start; it has said why and set the exit code. */
  readonly start: (restart: () => void) => Promise<Service | undefined>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** systemd gives a start 90 s; every page of a large outbox may have to be looked at after a power cut. */
const startGivenMs = 60_000;
const startSaidEveryMs = 20_000;
/** Four gigabytes of outbox on the slowest of cards; a start that takes longer hangs. */
const startMsMax = 1_800_000;
/** Last words to systemd on the way out. */
const lastWordsMsMax = 1_000;

/** Runs a service to its end: signals, crashes and parts that stand still end it, each in its own way. */
export async function serve({ start, clock, log }: ServiceOptions): Promise<void> {
  const wishes = takeSystemdWishes();
  const tell = wishes.notifySocket === undefined ? undefined : tellBy(wishes.notifySocket);
  const causes = listenForCauses();
  const started = askForTime(tell, clock);
  const service = await Promise.race([start(() => causes.found({ kind: "restart" })), causes.crash]);
  started();
  if (service === undefined) return;
  if (!("close" in service)) return end(service, undefined, { tell, clock, log });
  const watch = startWatch(service, { wishes, tell, clock, log }, (stuck) =>
    causes.found({ kind: "stuck", stuck }),
  );
  const cause = await causes.first;
  watch.stop();
  await end(cause, service, { tell, clock, log });
}

interface Causes {
  readonly first: Promise<Cause>;
  /** Only crashes: a signal waits for the start's end. */
  readonly crash: Promise<Cause>;
  found(cause: Cause): void;
}

function listenForCauses(): Causes {
  const { promise: first, resolve: found } = later<Cause>();
  const { promise: crash, resolve: crashed } = later<Cause>();
  void firstSignal().then((signal) => found({ kind: "signal", signal }));
  // Rejections that nobody hears come here as well. What follows the first is its consequence.
  process.on("uncaughtException", (error) => {
    found({ kind: "crashed", error });
    crashed({ kind: "crashed", error });
  });
  return { first, crash, found };
}

/** A promise that somebody else fulfils, the first time that it is asked to. */
function later<Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } {
  let keep: ((value: Value) => void) | undefined;
  const promise = new Promise<Value>((resolve) => {
    keep = resolve;
  });
  return { promise, resolve: (value) => keep?.(value) };
}

/** Asks for more time again and again, until the start is over. */
function askForTime(tell: Tell | undefined, clock: Clock): () => void {
  if (tell === undefined) return () => undefined;
  const untilMs = clock.monotonicMs() + startMsMax;
  let cancel = (): void => undefined;
  const askLater = (): void => {
    cancel = clock.after(startSaidEveryMs, () => {
      if (clock.monotonicMs() > untilMs) return;
      const given = `EXTEND_TIMEOUT_USEC=${startGivenMs * 1_000}`;
      tell([given, "STATUS=starting: the files are being checked"]).catch(() => undefined);
      askLater();
    });
  };
  askLater();
  return () => cancel();
}

interface Surroundings {
  readonly tell: Tell | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

function startWatch(
  { watchable }: Service,
  around: Surroundings & { readonly wishes: SystemdWishes },
  onStuck: (stuck: Stuck) => void,
): ProcessWatch {
  const watch = new ProcessWatch({ watchable, onStuck, ...around });
  watch.start();
  return watch;
}

async function end(cause: Cause, service: Service | undefined, around: Surroundings): Promise<void> {
  const { tell, clock, log } = around;
  const words = tellLog(cause, log);
  const told = tell?.(["STOPPING=1", `STATUS=${words}`]).catch(() => undefined);
  const { closeMsMax, by } = endingOf(cause, service?.watchable.callsHang() ?? false);
  let code = by;
  const closed = service?.close().catch((error: unknown) => {
    log.error({ event: "end-failed", reason: String(error) });
    if (by === exitCodes.done) code = exitCodes.failed;
  });
  await (closeMsMax === undefined ? closed : settledWithin(clock, closeMsMax, Promise.resolve(closed)));
  await settledWithin(clock, lastWordsMsMax, Promise.resolve(told));
  if (typeof code === "number") process.exit(code);
  process.kill(process.pid, code);
}

/** The last line of the log, and what systemd shows. */
function tellLog(cause: Cause, log: Logger): string {
  switch (cause.kind) {
    case "signal":
      log.info({ event: "ending", signal: cause.signal });
      return "ending";
    case "restart":
      log.info({ event: "ending", signal: "restart" });
      return "ending, to start anew";
    case "crashed":
      log.fatal({ event: "crashed", err: cause.error }, "an error that nobody expected");
      return "ending after an error that nobody expected";
    case "stuck": {
      const { part, stillMs } = cause.stuck;
      log.fatal({ event: "stuck", part, stillMs }, "only a new process can help");
      return `ending: ${part} stood still`;
    }
  }
}
