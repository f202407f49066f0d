import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DiskServer, serveDisk } from "./disk-server.ts";
import { ForgetfulDisk } from "./forgetful-disk.ts";

const hex = (words: string): Buffer => Buffer.from(words.replaceAll(/\s/g, ""), "hex");

/** Bytes as the protocol's document has them (NetworkBlockDevice/nbd, doc/proto.md). */
const greeting = `${Buffer.from("NBDMAGICIHAVEOPT").toString("hex")} 0003`;
const clientFlags = "00000003";
const haveOption = Buffer.from("IHAVEOPT").toString("hex");
/** STRUCTURED_REPLY, refused with ERR_UNSUP; then GO for the nameless export. */
const structuredReplies = `${haveOption} 00000008 00000000`;
const unsupported = "0003e889045565a9 00000008 80000001 00000000";
const go = `${haveOption} 00000007 00000006 00000000 0000`;
/** INFO_EXPORT: 65,536 bytes, HAS_FLAGS and SEND_FLUSH; then ACK. */
const exported =
  "0003e889045565a9 00000007 00000003 0000000c 0000 0000000000010000 0005 0003e889045565a9 00000007 00000001 00000000";
const cookie = "00112233 44556677";
const request = (type: string, offset: string, length: string): string =>
  `25609513 0000 ${type} ${cookie} ${offset} ${length}`;
const done = `67446698 00000000 ${cookie}`;

let folder: string;
let disk: ForgetfulDisk;
let hasPower: boolean;
let server: DiskServer;
let socket: Socket;
let heard: Buffer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "storewire-disk-server-"));
  disk = ForgetfulDisk.holding(new Uint8Array(64 * 1024).fill(1));
  hasPower = true;
  server = await serveDisk(join(folder, "socket"), disk, () => hasPower);
  socket = connect(join(folder, "socket"));
  heard = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    heard = Buffer.concat([heard, chunk]);
  });
});

afterEach(async () => {
  socket.destroy();
  await server.close();
  rmSync(folder, { recursive: true });
});

/** The next bytes, as many as are expected. */
async function expectHeard(words: string): Promise<void> {
  const expected = hex(words);
  while (heard.length < expected.length) await once(socket, "data");
  expect(heard.subarray(0, expected.length).toString("hex")).toBe(expected.toString("hex"));
  heard = heard.subarray(expected.length);
}

async function agree(): Promise<void> {
  await expectHeard(greeting);
  socket.write(hex(clientFlags + structuredReplies + go));
  await expectHeard(unsupported + exported);
}

describe("the disk's server", () => {
  it("writes, reads and flushes as QEMU's client asks, however the bytes are cut", async () => {
    await agree();
    const all = hex(
      `${request("0001", "0000000000000200", "00000002")} abcd ${request("0000", "00000000000001ff", "00000004")}`,
    );
    for (const byte of all) socket.write(Uint8Array.of(byte));
    await expectHeard(`${done} ${done} 01abcd01`);
    expect(disk.unflushedWrites).toBe(1);
    socket.write(hex(request("0003", "0000000000000000", "00000000")));
    await expectHeard(done);
    expect(disk.unflushedWrites).toBe(0);
  });

  it("refuses what it did not offer", async () => {
    await agree();
    socket.write(hex(request("0004", "0000000000000000", "00001000")));
    await expectHeard(`67446698 00000016 ${cookie}`);
  });

  it("does and answers nothing more once the power is gone", async () => {
    await agree();
    hasPower = false;
    socket.write(hex(`${request("0001", "0000000000000000", "00000002")} abcd`));
    socket.write(hex(request("0003", "0000000000000000", "00000000")));
    socket.end();
    await once(socket, "close");
    expect(heard).toEqual(Buffer.alloc(0));
    expect(disk.unflushedWrites).toBe(0);
    expect([...disk.read(0, 2)]).toEqual([1, 1]);
  });
});
