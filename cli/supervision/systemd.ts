import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { createInterface } from "node:readline";

/** Where systemd wants to hear of this process, and how often; undefined where it does not. */
export interface SystemdWishes {
  /** The socket's name, for systemd's own program. */
  readonly notifySocket: string | undefined;
  /** A process that is silent for so long is ended (WatchdogSec=). */
  readonly watchdogMs: number | undefined;
}

/** sd_notify(3), sd_watchdog_enabled(3): a variable that is meant for another process says nothing to this one. */
export function systemdWishes(
  environment: Readonly<Record<string, string | undefined>>,
  processId: number,
): SystemdWishes {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = environment;
  const isSocket = NOTIFY_SOCKET !== undefined && /^[/@]./.test(NOTIFY_SOCKET);
  const isMeant = WATCHDOG_PID === undefined || WATCHDOG_PID === String(processId);
  const isTime = WATCHDOG_USEC !== undefined && /^[1-9]\d{0,15}$/.test(WATCHDOG_USEC);
  return {
    notifySocket: isSocket ? NOTIFY_SOCKET : undefined,
    watchdogMs: isSocket && isMeant && isTime ? Number(WATCHDOG_USEC) / 1_000 : undefined,
  };
}

/** As the machine has them; the children of this process, which would speak for it, get none. */
export function takeSystemdWishes(): SystemdWishes {
  const wishes = systemdWishes(process.env, process.pid);
  delete process.env.NOTIFY_SOCKET;
  delete process.env.WATCHDOG_USEC;
  delete process.env.WATCHDOG_PID;
  return wishes;
}

/** Sends one or two lines such as `READY=1`; fulfilled when systemd has them, rejected where that is not to be. */
export type Tell = (lines: readonly [string] | readonly [string, string]) => Promise<void>;

/** Two lines in, one word of an answer out. An end of the service ends it by its input alone, not by systemd's signals. */
const speaker = `
trap '' TERM INT
while IFS= read -r first && IFS= read -r second; do
  systemd-notify "$first" \${second:+"$second"} && echo told || echo failed
done`;

/**
 * systemd's own program, for Node has no datagram sockets of the Unix kind. It stays until systemd has seen where
 * the words come from, so `NotifyAccess=all` knows it as one of the unit's processes.
 *
 * A shell that was started early runs it: while SQLite hangs in a page of its mapped index, the kernel lets this
 * process not fork any more, and the event loop would hang along with the disk.
 */
export function tellBy(notifySocket: string): Tell {
  const { PATH } = process.env;
  const shell = spawn("sh", ["-c", speaker], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { PATH, NOTIFY_SOCKET: notifySocket },
  });
  const waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  let over: Error | undefined;
  const end = (reason: string): void => {
    over ??= new Error(reason);
    for (const { reject } of waiting.splice(0)) reject(over);
  };
  shell.once("error", (error) => end(error.message));
  shell.once("exit", () => end("the shell that speaks for this service has ended"));
  shell.stdin.on("error", (error) => end(error.message));
  createInterface({ input: shell.stdout }).on("line", (answer) => {
    const first = waiting.shift();
    if (answer === "told") first?.resolve();
    else first?.reject(new Error("systemd-notify has failed"));
  });
  // A service that could not start ends because nothing is left to do.
  shell.unref();
  for (const stream of [shell.stdin, shell.stdout]) if (stream instanceof Socket) stream.unref();
  return ([first, second = ""]) =>
    new Promise((resolve, reject) => {
      if (over !== undefined) return reject(over);
      waiting.push({ resolve, reject });
      shell.stdin.write(`${first}\n${second}\n`);
    });
}
