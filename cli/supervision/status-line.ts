import type { ClockQuality } from "../../protocols/clock.ts";

/** What a technician reads in `systemctl status`. */
export interface ServiceStatus {
  readonly devices: readonly {
    readonly device: string;
    readonly state: string;
    readonly fault: string | undefined;
  }[];
  /** The other end of this process's link: headquarters, or an agent's gateway. */
  readonly link: { readonly name: string; readonly up: boolean; readonly forMs: number } | undefined;
  readonly backlog: { readonly count: number; readonly of: string };
  readonly clock: ClockQuality;
}

/** A line of `systemctl status` is cut at the terminal's width; the important comes first. */
const faultsShownMax = 3;

export function statusLine({ devices, link, backlog, clock }: ServiceStatus): string {
  const parts = [
    ...(devices.length === 0 ? [] : [devicesWords(devices)]),
    ...(link === undefined ? [] : [`${link.name} ${link.up ? "up" : "down"} for ${duration(link.forMs)}`]),
    `${backlog.count} ${backlog.of} waiting`,
    clock === "synced" ? "clock set" : "clock not set yet",
  ];
  return parts.join("; ");
}

function devicesWords(devices: ServiceStatus["devices"]): string {
  const ready = devices.filter(({ state }) => state === "ready" || state === "degraded").length;
  const troubled = devices.filter(({ fault }) => fault !== undefined);
  const shown = troubled.slice(0, faultsShownMax).map(({ device, fault }) => `${device} ${fault}`);
  const more = troubled.length > faultsShownMax ? [`${troubled.length - faultsShownMax} more`] : [];
  const faults = shown.length === 0 ? "" : ` (${[...shown, ...more].join(", ")})`;
  return `${ready} of ${devices.length} devices ready${faults}`;
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** `3 h 12 min`: durations, not times, for the clock of a box may be wrong. */
export function duration(ms: number): string {
  const index = units.findIndex(([, unitMs]) => ms >= unitMs);
  const [unit, unitMs] = units[index] ?? ["s", 1_000];
  const [smaller, smallerMs] = units[index + 1] ?? [];
  const whole = `${Math.floor(ms / unitMs)} ${unit}`;
  const rest = index === -1 || smallerMs === undefined ? 0 : Math.floor((ms % unitMs) / smallerMs);
  return rest === 0 ? whole : `${whole} ${rest} ${smaller}`;
}
