import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import mqtt from "mqtt";
import sqlite3 from "sqlite3";
import type { Clock } from "../../protocols/clock.ts";
import { type Latency, latencyOf, rounded } from "./figures.ts";

/** As long as one event of ours on the wire, roughly. */
const eventBytes = 900;

export interface Floors {
  readonly fsync: Latency;
  readonly commitOneRow: Latency;
  readonly commitHundredRows: Latency;
  readonly publish: Latency;
  readonly publishedPerSecond: number;
}

/** What the machine can do at best, measured with nothing of ours: the yardsticks of the other figures. */
export async function measureFloors(directory: string, brokerUrl: string, clock: Clock): Promise<Floors> {
  return {
    fsync: measureFsync(join(directory, "fsync.floor"), clock),
    commitOneRow: await measureCommit(join(directory, "one.floor.db"), 1, clock),
    commitHundredRows: await measureCommit(join(directory, "hundred.floor.db"), 100, clock),
    publish: await measurePublish(brokerUrl, clock),
    publishedPerSecond: await measurePublishRate(brokerUrl, clock),
  };
}

function measureFsync(path: string, clock: Clock): Latency {
  const file = openSync(path, "w");
  const block = Buffer.alloc(4096, 1);
  const samples = repeat(500, () => {
    writeSync(file, block);
    const startedMs = clock.monotonicMs();
    fdatasyncSync(file);
    return clock.monotonicMs() - startedMs;
  });
  closeSync(file);
  return latencyOf(samples);
}

const repeat = (times: number, sample: () => number): number[] => Array.from({ length: times }, sample);

/** One autocommitting INSERT at a time, WAL and synchronous FULL as in the outbox. */
async function measureCommit(path: string, rows: number, clock: Clock): Promise<Latency> {
  const database = new sqlite3.Database(path);
  await settled((done) =>
    database.exec(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE event(sequence INTEGER PRIMARY KEY, body TEXT)",
      done,
    ),
  );
  const values = Array(rows).fill("(?)").join(",");
  const insert = database.prepare(`INSERT INTO event(body) VALUES ${values}`);
  const bodies = Array.from({ length: rows }, () => "y".repeat(eventBytes));
  const samples: number[] = [];
  for (let round = 0; round < 500; round += 1) {
    const startedMs = clock.monotonicMs();
    await settled((done) => insert.run(bodies, done));
    samples.push(clock.monotonicMs() - startedMs);
  }
  await settled((done) => insert.finalize(done));
  await settled((done) => database.close(done));
  return latencyOf(samples);
}

function settled(start: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve()));
  });
}

async function measurePublish(brokerUrl: string, clock: Clock): Promise<Latency> {
  const client = await mqtt.connectAsync(brokerUrl);
  const payload = "y".repeat(eventBytes);
  const samples: number[] = [];
  for (let round = 0; round < 500; round += 1) {
    const startedMs = clock.monotonicMs();
    await client.publishAsync("floor/one", payload, { qos: 1 });
    samples.push(clock.monotonicMs() - startedMs);
  }
  await client.endAsync();
  return latencyOf(samples);
}

/** Single events, QoS 1, as many in flight as the broker lets through. */
async function measurePublishRate(brokerUrl: string, clock: Clock): Promise<number> {
  const client = await mqtt.connectAsync(brokerUrl);
  const payload = "y".repeat(eventBytes);
  const total = 20_000;
  const startedMs = clock.monotonicMs();
  for (let sent = 0; sent < total; sent += 500) {
    await Promise.all(
      Array.from({ length: 500 }, () => client.publishAsync("floor/rate", payload, { qos: 1 })),
    );
  }
  const perSecond = (total / (clock.monotonicMs() - startedMs)) * 1000;
  await client.endAsync();
  return rounded(perSecond);
}
