import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What one side of a TCP connection said at once. */
export interface Segment {
  readonly from: "client" | "server";
  readonly bytes: Uint8Array;
}

/** For `describe.skipIf(!tsharkThere())`: says aloud what is not compared. */
export function tsharkThere(what: string): boolean {
  const there = spawnSync("tshark", ["--version"]).status === 0;
  if (!there) console.warn(`skipped: ${what} (no tshark here; apt-get install tshark)`);
  return there;
}

/** tshark's answer to `options` about one connection to `port`; its words on stderr are dropped. */
export function tshark(segments: readonly Segment[], port: number, options: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "storewire-tshark-"));
  try {
    const file = join(folder, "connection.pcap");
    writeFileSync(file, captureOf(segments, port));
    return execFileSync("tshark", ["-r", file, ...options], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 256 * 1024 * 1024,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const clientPort = 40_000;
/** Packets end below the 64 KiB that IPv4 can say. */
const payloadBytesMax = 32_768;

/** A capture file of raw IPv4 packets (link type 101) from 192.0.2.2 to a server at 192.0.2.1. */
function captureOf(segments: readonly Segment[], port: number): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(65_535, 16);
  head.writeUInt32LE(101, 20);
  const next = { client: 1, server: 1 };
  const packets = segments.flatMap(split).map(({ from, bytes }) => {
    const packet = packetOf(from, bytes, { port, ...next });
    next[from] += bytes.length;
    return packet;
  });
  return Buffer.concat([head, ...packets]);
}

function split({ from, bytes }: Segment): readonly Segment[] {
  const count = Math.ceil(bytes.length / payloadBytesMax);
  return Array.from({ length: count }, (_, index) => ({
    from,
    bytes: bytes.subarray(index * payloadBytesMax, (index + 1) * payloadBytesMax),
  }));
}

interface Course {
  readonly port: number;
  /** The next sequence number of each side. */
  readonly client: number;
  readonly server: number;
}

function packetOf(from: Segment["from"], bytes: Uint8Array, { port, client, server }: Course): Buffer {
  const upwards = from === "client";
  const packet = Buffer.alloc(16 + 40 + bytes.length);
  packet.writeUInt32LE(40 + bytes.length, 8);
  packet.writeUInt32LE(40 + bytes.length, 12);
  const ip = packet.subarray(16);
  ip[0] = 0x45;
  ip.writeUInt16BE(40 + bytes.length, 2);
  ip.set([64, 6, 0, 0, 192, 0, 2, upwards ? 2 : 1, 192, 0, 2, upwards ? 1 : 2], 8);
  ip.writeUInt16BE(upwards ? clientPort : port, 20);
  ip.writeUInt16BE(upwards ? port : clientPort, 22);
  ip.writeUInt32BE(upwards ? client : server, 24);
  ip.writeUInt32BE(upwards ? server : client, 28);
  ip.set([0x50, 0x18, 0xff, 0xff], 32);
  ip.set(bytes, 40);
  return packet;
}
