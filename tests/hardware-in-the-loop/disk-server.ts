import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { ForgetfulDisk } from "./forgetful-disk.ts";

// The NBD protocol's fixed newstyle handshake and simple replies: as much of it as QEMU's client asks for
// (https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md).
const handshake = { magic: "NBDMAGIC", options: "IHAVEOPT", fixedNewstyle: 1, noZeroes: 2 } as const;
const option = { abort: 2, go: 7 } as const;
const optionReplyMagic = 0x3e889045565a9n;
const optionReply = { acknowledged: 1, information: 3, unsupported: 0x80000001 } as const;
const exportInformation = 0;
/** HAS_FLAGS and SEND_FLUSH; no FUA, so that every promise of the disk is a flush. */
const transmissionFlags = 1 | 4;
const requestMagic = 0x25609513;
const replyMagic = 0x67446698;
const command = { read: 0, write: 1, disconnect: 2, flush: 3 } as const;
const invalidArgument = 22;

const greetingBytes = 4;
const optionHeaderBytes = 16;
const requestHeaderBytes = 28;

export interface DiskServer {
  /** Ends every connection at once. */
  close(): Promise<void>;
}

/** Whether the disk still has power, asked before each write and flush. */
type HasPower = () => boolean;

/** Serves the disk to QEMU's NBD client over a Unix socket. */
export async function serveDisk(path: string, disk: ForgetfulDisk, hasPower: HasPower): Promise<DiskServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // The other end is a machine that is going to be killed.
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    greet(socket);
    const session = new Session(socket, disk, hasPower);
    socket.on("data", (chunk: Buffer) => session.take(chunk));
  });
  server.listen(path);
  await once(server, "listening");
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function greet(socket: Socket): void {
  const flags = Buffer.alloc(2);
  flags.writeUInt16BE(handshake.fixedNewstyle | handshake.noZeroes);
  socket.write(Buffer.concat([Buffer.from(handshake.magic + handshake.options), flags]));
}

/** One connection: cuts the stream into greeting, options and requests, and answers them in order. */
class Session {
  readonly #socket: Socket;
  readonly #disk: ForgetfulDisk;
  readonly #hasPower: HasPower;
  #stage: "greeting" | "options" | "requests" = "greeting";
  #rest: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, disk: ForgetfulDisk, hasPower: HasPower) {
    this.#socket = socket;
    this.#disk = disk;
    this.#hasPower = hasPower;
  }

  take(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const used = this.#step(this.#rest);
      if (used === 0 || this.#socket.destroyed) return;
      this.#rest = this.#rest.subarray(used);
    }
  }

  /** How many bytes were understood; 0 while something is incomplete. */
  #step(bytes: Buffer): number {
    switch (this.#stage) {
      case "greeting":
        if (bytes.length < greetingBytes) return 0;
        this.#stage = "options";
        return greetingBytes;
      case "options":
        return this.#option(bytes);
      case "requests":
        return this.#request(bytes);
    }
  }

  #option(bytes: Buffer): number {
    if (bytes.length < optionHeaderBytes) return 0;
    const asked = bytes.readUInt32BE(8);
    const length = optionHeaderBytes + bytes.readUInt32BE(12);
    if (bytes.length < length) return 0;
    if (asked === option.go) {
      const facts = Buffer.alloc(12);
      facts.writeUInt16BE(exportInformation, 0);
      facts.writeBigUInt64BE(BigInt(this.#disk.size), 2);
      facts.writeUInt16BE(transmissionFlags, 10);
      this.#answerOption(asked, optionReply.information, facts);
      this.#answerOption(asked, optionReply.acknowledged);
      this.#stage = "requests";
    } else {
      this.#answerOption(asked, asked === option.abort ? optionReply.acknowledged : optionReply.unsupported);
    }
    return length;
  }

  #answerOption(asked: number, reply: number, facts: Buffer = Buffer.alloc(0)): void {
    const header = Buffer.alloc(20);
    header.writeBigUInt64BE(optionReplyMagic, 0);
    header.writeUInt32BE(asked, 8);
    header.writeUInt32BE(reply, 12);
    header.writeUInt32BE(facts.length, 16);
    this.#socket.write(Buffer.concat([header, facts]));
  }

  #request(bytes: Buffer): number {
    if (bytes.length < requestHeaderBytes) return 0;
    if (bytes.readUInt32BE(0) !== requestMagic) throw new Error("QEMU lost its place in the disk's stream");
    const asked = bytes.readUInt16BE(6);
    const used = requestHeaderBytes + (asked === command.write ? bytes.readUInt32BE(24) : 0);
    if (bytes.length < used) return 0;
    const changes = asked === command.write || asked === command.flush;
    if (changes && !this.#hasPower()) return 0;
    this.#serve(asked, bytes.subarray(0, used));
    return used;
  }

  #serve(asked: number, request: Buffer): void {
    const cookie = request.subarray(8, 16);
    const offset = Number(request.readBigUInt64BE(16));
    switch (asked) {
      case command.read:
        this.#answer(cookie, { bytes: this.#disk.read(offset, request.readUInt32BE(24)) });
        break;
      case command.write:
        this.#disk.write(offset, Uint8Array.from(request.subarray(requestHeaderBytes)));
        this.#answer(cookie);
        break;
      case command.flush:
        this.#disk.flush();
        this.#answer(cookie);
        break;
      case command.disconnect:
        this.#socket.end();
        break;
      default:
        this.#answer(cookie, { error: invalidArgument });
    }
  }

  #answer(cookie: Uint8Array, { bytes = new Uint8Array(), error = 0 }: Answer = {}): void {
    const header = Buffer.alloc(16);
    header.writeUInt32BE(replyMagic, 0);
    header.writeUInt32BE(error, 4);
    header.set(cookie, 8);
    this.#socket.write(Buffer.concat([header, bytes]));
  }
}

interface Answer {
  readonly bytes?: Uint8Array;
  readonly error?: number;
}
