import { connect as connectSocket, type Socket } from "node:net";
import { type Clock, sleep } from "../../protocols/clock.ts";
import type { Random } from "../../protocols/random.ts";
import { type Connect, connect, packet, pingreq, publish, subscribe } from "../mqtt/packets.ts";

/** A malicious host of the store network: as many sockets as it likes, and no shame. */
export interface Attacker {
  readonly port: number;
  readonly clock: Clock;
  readonly random: Random;
  /** An account that it came by; undefined on a broker without any. */
  readonly login: Pick<Connect, "username" | "password"> | undefined;
  /** Whom it would like to harm. */
  readonly victim: Pick<Connect, "username" | "clientId">;
}

/** Goes on until the process ends. */
type Attack = (attacker: Attacker) => Promise<void>;

const connectionsAtOnce = 40;

export const attacks: Readonly<Record<string, Attack>> = {
  connections: (attacker) =>
    forEver(attacker, 1, () => {
      const socket = open(attacker);
      socket.write(connect({ ...attacker.login, clientId: `c${attacker.random.fraction()}` }));
      attacker.clock.after(1_000, () => socket.destroy());
    }),
  "never-connects": (attacker) =>
    forEver(attacker, 20, () => {
      open(attacker);
    }),
  "half-packets": (attacker) =>
    inParallel(attacker, async (socket) => {
      const whole = publish({ topic: "local/v1/agent2/reading", payload: "x".repeat(100_000), qos: 1 });
      socket.write(whole.subarray(0, 99_000));
      await untilClosed(socket);
    }),
  "giant-lengths": (attacker) =>
    inParallel(attacker, (socket) =>
      pour(socket, Buffer.concat([Buffer.from("32ffffff7f", "hex"), zeros]), zeros),
    ),
  "tiny-packets": (attacker) => inParallel(attacker, (socket) => pour(socket, repeated(pingreq()))),
  nonsense: (attacker) =>
    inParallel(attacker, (socket) => pour(socket, repeated(publish({ topic: "no/such", payload: "?" })))),
  "foreign-readings": (attacker) =>
    inParallel(attacker, (socket) =>
      pour(socket, repeated(publish({ topic: "local/v1/agent1/reading", payload: "[{}]" }))),
    ),
  "large-messages": (attacker) =>
    inParallel(attacker, (socket) => {
      const brackets = "[".repeat(120_000);
      const payload = brackets + "]".repeat(brackets.length);
      return pour(socket, repeated(publish({ topic: "local/v1/agent2/reading", payload })));
    }),
  "asks-for-everything": (attacker) =>
    inParallel(attacker, (socket) =>
      pour(socket, repeated(subscribe(1, ["#", 2], ["+/+/#", 1], ["$SYS/#", 0]))),
    ),
  "never-reads": (attacker) =>
    inParallel(attacker, (socket) => {
      socket.pause();
      return pour(socket, repeated(Buffer.concat([subscribe(1, ["#", 2]), pingreq()])));
    }),
  "half-open-qos-2": (attacker) =>
    inParallel(attacker, (socket) => {
      const openings = Array.from({ length: 2_000 }, (_, index) =>
        publish({ topic: "local/v1/agent2/reading", payload: "[]", qos: 2, id: index + 1 }),
      );
      return pour(socket, Buffer.concat(openings));
    }),
  garbage: (attacker) =>
    inParallel(attacker, (socket) => pour(socket, Buffer.from(attacker.random.bytes(65_536)))),
  "guessed-passwords": (attacker) =>
    forEver(attacker, 5, () => {
      const password = `guess ${attacker.random.fraction()}`;
      const socket = open(attacker);
      socket.write(connect({ ...attacker.victim, password }));
    }),
  "stolen-client-id": (attacker) =>
    forEver(attacker, 20, () => {
      open(attacker).write(connect({ ...attacker.login, clientId: attacker.victim.clientId ?? "" }));
    }),
  "giant-wills": (attacker) =>
    forEver(attacker, 10, () => {
      const will = { topic: "no/such", payload: "x".repeat(10_000), qos: 2, retain: true } as const;
      const socket = open(attacker);
      socket.write(connect({ ...attacker.login, clientId: `w${attacker.random.fraction()}`, will }));
      attacker.clock.after(200, () => socket.destroy());
    }),
  "reserved-packets": (attacker) =>
    inParallel(attacker, (socket) => pour(socket, repeated(packet(0xf0, Buffer.from("x"))))),
};

const zeros = Buffer.alloc(65_536);

/** A whole chunk of it. */
const repeated = (bytes: Buffer): Buffer =>
  Buffer.concat(Array.from({ length: Math.max(1, Math.floor(65_536 / bytes.length)) }, () => bytes));

function open({ port }: Attacker): Socket {
  const socket = connectSocket({ port, host: "127.0.0.1" });
  socket.on("error", () => {});
  socket.on("data", () => {});
  return socket;
}

async function forEver({ clock }: Attacker, everyMs: number, strike: () => void): Promise<void> {
  for (;;) {
    strike();
    await sleep(clock, everyMs);
  }
}

/** Many connections at once; whoever is thrown out comes again soon. */
async function inParallel(attacker: Attacker, fight: (socket: Socket) => Promise<void>): Promise<void> {
  const fighters = Array.from({ length: connectionsAtOnce }, async (_, index) => {
    for (;;) {
      const socket = open(attacker);
      socket.write(connect({ ...attacker.login, clientId: `attacker-${index}`, keepaliveSeconds: 0 }));
      await fight(socket);
      socket.destroy();
      await sleep(attacker.clock, 100);
    }
  });
  await Promise.all(fighters);
}

/** As fast as the socket takes it: the first piece once, then the other for ever. */
async function pour(socket: Socket, first: Buffer, then = first): Promise<void> {
  for (let next = first; !socket.destroyed; next = then) {
    if (!socket.write(next)) await drained(socket);
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off("drain", done);
      socket.off("close", done);
      resolve();
    };
    socket.on("drain", done);
    socket.on("close", done);
  });
}

function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once("close", () => resolve());
  });
}
