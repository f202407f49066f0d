/** How a service ended, in the words that systemd hands to `ExecStopPost=` (systemd.exec(5)). */
export interface ServiceEnd {
  /** `$SERVICE_RESULT` */
  readonly result: string;
  /** `$EXIT_STATUS`: a number, or a signal's name. */
  readonly status: string;
}

/** Of this boot, forgotten with it (/run): when services stood still, on the clock that starts with the boot. */
export interface BootMemory {
  readonly stuckAtMs: readonly number[];
}

/** Kept over reboots (/var/lib): reboots in a row that did not help. */
export interface BoxMemory {
  readonly rebootsInARow: number;
}

export const freshBoot: BootMemory = { stuckAtMs: [] };
export const freshBox: BoxMemory = { rebootsInARow: 0 };

/** A process that was begun anew so often within the window, and is stuck again, is not helped by it. */
export const stuckEndsMax = 4;
export const stuckWindowMs = 3_600_000;
/**
 * How long the box must have run before it is restarted once more, by the reboots that went before. Nobody can
 * reach a box that restarts all the time; one that stays up can at least be asked. After the last there is none.
 */
export const uptimeMsMin = [600_000, 3_600_000, 21_600_000, 86_400_000] as const;
/** A box without trouble for so long has been helped by its last reboot. */
export const helpedAfterMs = 86_400_000;

export interface LastResort {
  readonly boot: BootMemory;
  /** Undefined where nobody knows what was kept, and it shall stay as it is. */
  readonly box: BoxMemory | undefined;
  readonly reboot: boolean;
  readonly why: string;
}

/**
 * Whether the end of a service is one too many. Only ends in which the box itself may be at fault count: not a
 * wrong configuration, not a port that is taken, not an error of the program, which a reboot brings back.
 * `box` undefined: what was kept cannot be read, so the longest wait holds.
 */
export function lastResort(
  end: ServiceEnd,
  boot: BootMemory,
  box: BoxMemory | undefined,
  uptimeMs: number,
): LastResort {
  if (!isBoxesFault(end)) {
    const why = `${end.result} ${end.status} is nothing that a reboot mends`;
    return { boot, box, reboot: false, why };
  }
  const quietMs = uptimeMs - (boot.stuckAtMs.at(-1) ?? 0);
  const known = quietMs >= helpedAfterMs ? freshBox : box;
  const stuckAtMs = [...boot.stuckAtMs.filter((atMs) => uptimeMs - atMs < stuckWindowMs), uptimeMs];
  const stays = (why: string): LastResort => ({
    boot: { stuckAtMs },
    box: known,
    reboot: false,
    why,
  });
  if (stuckAtMs.length < stuckEndsMax) return stays(`stuck ${stuckAtMs.length} of ${stuckEndsMax} times`);
  const rebootsInARow = known?.rebootsInARow ?? uptimeMsMin.length - 1;
  const neededMs = uptimeMsMin[rebootsInARow];
  if (neededMs === undefined) return stays(`${rebootsInARow} reboots in a row have not helped`);
  if (uptimeMs < neededMs) return stays(`the box must run for ${neededMs / 60_000} minutes first`);
  const why = `stuck ${stuckAtMs.length} times: restarting the box`;
  return { boot: { stuckAtMs }, box: { rebootsInARow: rebootsInARow + 1 }, reboot: true, why };
}

/** A reboot that cannot be written down is one that the next boot does not know of; only the rarest may be so. */
export const maySkipMemory = (uptimeMs: number): boolean => uptimeMs >= (uptimeMsMin.at(-1) ?? 0);

/** The watchdog's and our own SIGABRT, an end that had to be forced, and memory that others took. */
const boxResults: readonly string[] = ["watchdog", "timeout", "oom-kill"];
const isBoxesFault = ({ result, status }: ServiceEnd): boolean =>
  boxResults.includes(result) || ((result === "signal" || result === "core-dump") && status === "ABRT");
