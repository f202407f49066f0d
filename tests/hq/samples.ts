import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GatewayName } from "../../protocols/topics.ts";

export const gateway: GatewayName = { site: "store-1", gateway: "gw1" };
export const epoch = "epoch-a";

export interface SampleOptions {
  readonly name?: GatewayName;
  readonly epoch?: string;
  readonly type?: string;
  readonly data?: unknown;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** An event as a gateway would send it. */
export function sampleEvent(sequence: number, options: SampleOptions = {}): Record<string, unknown> {
  const name = options.name ?? gateway;
  return {
    specversion: "1.0",
    id: `0198a3c2-7b1e-7000-8000-${sequence.toString(16).padStart(12, "0")}`,
    source: `/${name.site}/${name.gateway}/queue`,
    type: options.type ?? "storewire.queue.length",
    subject: "counter",
    time: "2026-01-05T08:00:00.000Z",
    datacontenttype: "application/json",
    dataschema: "https://storewire.example/schema/queue.length.json",
    gateway: name.gateway,
    epoch: options.epoch ?? epoch,
    sequence: String(sequence),
    clock: "synced",
    data: options.data ?? { service: "returns", priorityClass: "regular", waiting: sequence % 7 },
    ...options.fields,
  };
}

export const sampleBatch = (sequences: readonly number[], options: SampleOptions = {}): string =>
  JSON.stringify(sequences.map((sequence) => sampleEvent(sequence, options)));

export function sampleState(options: {
  readonly sequence: number;
  readonly telemetry?: number;
  readonly epoch?: string;
}): string {
  return JSON.stringify({
    online: true,
    boot: "boot-1",
    version: "0.1.0",
    since: "2026-01-05T08:00:00Z",
    backlog: 0,
    clock: "synced",
    epoch: options.epoch ?? epoch,
    sequence: String(options.sequence),
    telemetry: String(options.telemetry ?? 0),
  });
}

/** Both included. */
export const count = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

export const temporaryFile = async (): Promise<string> =>
  join(await mkdtemp(join(tmpdir(), "storewire-hq-")), "hq.db");
