import { createServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";
import type { EventRow } from "../../hq/event-store.ts";
import { type Receiver, startReceiver } from "../../hq/receiver.ts";
import { openSqliteEventStore } from "../../hq/sqlite-event-store.ts";
import type { Clock } from "../../protocols/clock.ts";
import type { Random } from "../../protocols/random.ts";
import { openMqttLink } from "../mqtt-link.ts";

/** Headquarters in a nutshell: an MQTT broker on loopback and the receiver behind it. */
export interface DemoHeadquarters {
  readonly url: string;
  readonly receiver: Receiver;
  close(): Promise<void>;
}

export async function openDemoHeadquarters(options: {
  readonly clock: Clock;
  readonly random: Random;
  readonly database: string;
  readonly onStored: (events: readonly EventRow[]) => void;
}): Promise<DemoHeadquarters> {
  const { clock, random, database, onStored } = options;
  const broker = await openBroker();
  const link = openMqttLink({
    url: broker.url,
    clientId: "demo-receiver",
    mqttVersion: "3.1.1",
    clock,
    random,
  });
  const { store } = await openSqliteEventStore({ path: database, clock });
  const receiver = await startReceiver({ link, store, clock, onStored });
  return {
    url: broker.url,
    receiver,
    async close() {
      await receiver.close();
      await link.close();
      await store.close();
      await broker.close();
    },
  };
}

interface Broker {
  readonly url: string;
  close(): Promise<void>;
}

async function openBroker(): Promise<Broker> {
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket));
    aedes.handle(socket);
  });
  const port = await listen(server);
  return {
    url: `mqtt://127.0.0.1:${port}`,
    async close() {
      await new Promise<void>((resolve) => aedes.close(resolve));
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("a TCP server has a port"));
      else resolve(address.port);
    });
  });
}
