import { execFile } from "node:child_process";

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

/** Sends lines such as `READY=1`; fulfilled when systemd has them, rejected where that is not to be. */
export type Tell = (lines: readonly string[]) => Promise<void>;

/** systemd takes a notification in milliseconds; one that busily reloads its units takes seconds. */
const tellMsMax = 10_000;

/**
 * systemd's own program, for Node has no datagram sockets of the Unix kind. It stays until systemd has seen
 * where the words come from, so `NotifyAccess=all` knows it as one of the unit's processes.
 */
export const tellBy =
  (notifySocket: string): Tell =>
  (lines) =>
    new Promise((resolve, reject) => {
      const { PATH } = process.env;
      const options = { timeout: tellMsMax, env: { PATH, NOTIFY_SOCKET: notifySocket } };
      execFile("systemd-notify", [...lines], options, (error) => (error ? reject(error) : resolve()));
    });
