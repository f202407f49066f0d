/**
 * Serves the tree of `gpio-tree.ts` at the folder given as argument, through /dev/fuse (the raw protocol of
 * linux/fuse.h, version 7.31). A process of its own: onoff reads with synchronous calls, which would wait
 * for ever for a server in their own thread.
 */
import { spawnSync } from "node:child_process";
import { openSync, readSync, writeSync } from "node:fs";
import type { TreeFile, TreeNode } from "./gpio-tree.ts";
import { errno, gpioTree } from "./gpio-tree.ts";

const mountPoint = process.argv[2] ?? "";
const device = openSync("/dev/fuse", "r+");
const options = "fd=3,rootmode=40755,user_id=0,group_id=0,allow_other";
const mounted = spawnSync("mount", ["-i", "-t", "fuse", "gpio-bench", mountPoint, "-o", options], {
  stdio: ["ignore", "inherit", "inherit", device],
});
if (mounted.status !== 0) process.exit(1);
process.stdout.write("ready\n");

const headerBytes = 40;
const writeBytesMax = 65_536;
const readable = 0x145;
/** POLLPRI and POLLERR, as sysfs_notify raises them. */
const notified = 0x00a;
const scheduleNotify = 1;
const notifyPoll = 1;
const directIo = 1;

const ids = new Map<TreeNode, bigint>();
const nodes = new Map<bigint, TreeNode>();
const sleepers = new Map<TreeFile, Set<bigint>>();
const root = gpioTree((file) => {
  for (const handle of sleepers.get(file) ?? []) send(0n, notifyPoll, uint64(handle));
  sleepers.delete(file);
});
identify(root);

function identify(node: TreeNode): bigint {
  const known = ids.get(node);
  if (known !== undefined) return known;
  const id = BigInt(ids.size + 1);
  ids.set(node, id);
  nodes.set(id, node);
  return id;
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

function send(unique: bigint, status: number, body: Buffer = Buffer.alloc(0)): void {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(16 + body.length, 0);
  header.writeInt32LE(status, 4);
  header.writeBigUInt64LE(unique, 8);
  try {
    writeSync(device, Buffer.concat([header, body]));
  } catch {
    // Whoever asked has gone meanwhile.
  }
}

function attributes(node: TreeNode): Buffer {
  const isFolder = node.kind === "folder";
  const bytes = Buffer.alloc(88);
  bytes.writeBigUInt64LE(identify(node), 0);
  bytes.writeBigUInt64LE(isFolder ? 0n : 4_096n, 8);
  bytes.writeUInt32LE(isFolder ? 0o40755 : 0o100644, 60);
  bytes.writeUInt32LE(1, 64);
  bytes.writeUInt32LE(4_096, 80);
  return bytes;
}

function directory(node: TreeNode, offset: number): Buffer {
  const entries = node.kind === "folder" ? [...node.entries()] : [];
  const records = entries.slice(offset).map(([name, child], index) => {
    const text = Buffer.from(name);
    const record = Buffer.alloc((24 + text.length + 7) & ~7);
    record.writeBigUInt64LE(identify(child), 0);
    record.writeBigUInt64LE(BigInt(offset + index + 1), 8);
    record.writeUInt32LE(text.length, 16);
    record.writeUInt32LE(child.kind === "folder" ? 4 : 8, 20);
    text.copy(record, 24);
    return record;
  });
  return Buffer.concat(records);
}

type Reply = Buffer | keyof typeof errno;

function openReply(flags: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(flags, 8);
  return bytes;
}

function initReply(): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32LE(7, 0);
  bytes.writeUInt32LE(31, 4);
  bytes.writeUInt32LE(writeBytesMax, 8);
  bytes.writeUInt16LE(12, 16);
  bytes.writeUInt16LE(9, 18);
  bytes.writeUInt32LE(writeBytesMax, 20);
  bytes.writeUInt32LE(1, 24);
  return bytes;
}

function readReply(file: TreeFile, offset: number, length: number): Reply {
  const content = file.read();
  return typeof content === "string" ? content : content.subarray(offset, offset + length);
}

function writeReply(file: TreeFile, body: Buffer): Reply {
  const length = body.readUInt32LE(16);
  const refusal = file.write(body.toString("utf8", 40, 40 + length).trim());
  if (refusal !== undefined) return refusal;
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(length, 0);
  return bytes;
}

function pollReply(file: TreeFile, body: Buffer): Reply {
  if ((body.readUInt32LE(16) & scheduleNotify) !== 0)
    sleepers.set(file, (sleepers.get(file) ?? new Set()).add(body.readBigUInt64LE(8)));
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(readable | (file.pending?.() === true ? notified : 0), 0);
  return bytes;
}

function lookupReply(node: TreeNode, body: Buffer): Reply {
  const name = body.toString("utf8", 0, body.indexOf(0));
  const child = node.kind === "folder" ? node.entries().get(name) : undefined;
  if (child === undefined) return "ENOENT";
  return Buffer.concat([uint64(identify(child)), Buffer.alloc(32), attributes(child)]);
}

type Answering = (node: TreeNode, body: Buffer) => Reply;

const onFile =
  (answering: (file: TreeFile, body: Buffer) => Reply): Answering =>
  (node, body) =>
    node.kind === "file" ? answering(node, body) : "ENOSYS";
const nothing: Answering = () => Buffer.alloc(0);
const attributesReply: Answering = (node) => Buffer.concat([Buffer.alloc(16), attributes(node)]);

/** By opcode; what is not here the kernel is told that we have not. */
const answers: Readonly<Record<number, Answering>> = {
  1: lookupReply,
  3: attributesReply,
  /** setattr: a file is opened for writing with O_TRUNC. */
  4: attributesReply,
  14: () => openReply(directIo),
  15: onFile((file, body) => readReply(file, Number(body.readBigUInt64LE(8)), body.readUInt32LE(16))),
  16: onFile(writeReply),
  /** statfs */
  17: () => Buffer.alloc(80),
  /** release */
  18: nothing,
  /** flush */
  25: nothing,
  26: initReply,
  /** opendir */
  27: () => openReply(0),
  28: (node, body) => directory(node, Number(body.readBigUInt64LE(8))),
  /** releasedir */
  29: nothing,
  /** access */
  34: nothing,
  /** destroy */
  38: nothing,
  40: onFile(pollReply),
};

/** forget, interrupt, batch forget */
const unanswered: readonly number[] = [2, 36, 42];
const buffer = Buffer.alloc(writeBytesMax + 4_096);

/** False when the tree has been unmounted. */
function serveOne(): boolean {
  let length: number;
  try {
    length = readSync(device, buffer, 0, buffer.length, null);
  } catch (error) {
    // ENOENT: a request was interrupted before we read it.
    return error instanceof Error && "code" in error && error.code !== "ENODEV";
  }
  const code = buffer.readUInt32LE(4);
  if (unanswered.includes(code)) return true;
  const unique = buffer.readBigUInt64LE(8);
  const node = nodes.get(buffer.readBigUInt64LE(16)) ?? root;
  const answer = answers[code]?.(node, buffer.subarray(headerBytes, length)) ?? "ENOSYS";
  if (typeof answer === "string") send(unique, -errno[answer]);
  else send(unique, 0, answer);
  return true;
}

while (serveOne());
