import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { describe } from "vitest";
import { openMqttLink } from "../../cli/mqtt-link.ts";
import { systemClock, systemRandom } from "../../cli/system.ts";
import type { LastWill } from "../../protocols/message-link.ts";
import { SimulatedBroker, SimulatedLink } from "../../simulators/network/simulated-broker.ts";
import { realBrokerThere, startRealBroker } from "../real-broker.ts";
import { describeMessageLink, type LinkBench } from "./message-link-contract.ts";

const simulatedBench = async (): Promise<LinkBench> => {
  const broker = new SimulatedBroker();
  const links: SimulatedLink[] = [];
  return {
    open(will) {
      const link = broker.connect(will);
      links.push(link);
      return link;
    },
    async restart(between) {
      for (const link of links) link.cut("broker restarted");
      await between?.();
      for (const link of links) link.restore();
    },
    async vanish(link) {
      if (link instanceof SimulatedLink) link.cut("unplugged");
    },
    close: async () => {},
  };
};

/** Reconnects soon, so that a test need not wait for production's jitter. */
const soon = { minMs: 20, maxMs: 100, firstMsMax: 100 };

function realBench(mqttVersion: "3.1.1" | "5"): () => Promise<LinkBench> {
  return async () => {
    const broker = await startRealBroker();
    const cable = await layCable(broker.port);
    return {
      open(will?: LastWill) {
        const clientId = `test-${randomUUID()}`;
        // A link with a last will goes through the cable, so that it alone can be cut.
        const url = will ? `mqtt://127.0.0.1:${cable.port}` : broker.url;
        return openMqttLink({
          url,
          clientId,
          mqttVersion,
          will,
          clock: systemClock(),
          random: systemRandom,
          reconnect: soon,
        });
      },
      async restart(between) {
        await broker.kill();
        await between?.();
        await broker.restart();
      },
      async vanish() {
        cable.cut();
      },
      async close() {
        cable.close();
        await broker.stop();
      },
    };
  };
}

/** A stretch of wire between a link and its broker that can be cut and stays cut. */
async function layCable(port: number): Promise<{ readonly port: number; cut(): void; close(): void }> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect({ port, host: "127.0.0.1" });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    cut,
    close() {
      cut();
      server.close();
    },
  };
}

describeMessageLink("broker in memory", simulatedBench);

describe.skipIf(!realBrokerThere("the message link on a real Mosquitto, MQTT 3.1.1 and 5"))(
  "for real",
  () => {
    describeMessageLink("Mosquitto, MQTT 3.1.1", realBench("3.1.1"));
    describeMessageLink("Mosquitto, MQTT 5", realBench("5"));
  },
);
