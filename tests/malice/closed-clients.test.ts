import { once } from "node:events";
import { createServer } from "node:net";
import { Aedes, type Client } from "aedes";
import { expect, test } from "vitest";
import { forgetClosed } from "../../gateway/broker/closed-clients.ts";
import { connect } from "../mqtt/packets.ts";
import { RawClient } from "../mqtt/raw-client.ts";
import { waitUntil } from "../wait-until.ts";

/** A client that leaves in the one moment in which aedes shows out its predecessor; how many aedes knows then. */
async function clientsLeft(repair: (aedes: Aedes, client: Client) => void): Promise<number> {
  const clients: Client[] = [];
  const aedes = new Aedes({
    // The predecessor's will is spoken while its successor waits to be entered.
    authorizePublish: (_client, _packet, done) => {
      clients[1]?.close();
      done();
    },
  });
  aedes.on("client", (client) => repair(aedes, client));
  await aedes.listen();
  const server = createServer((socket) => clients.push(aedes.handle(socket))).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address === null || typeof address === "string" ? 0 : address.port;
  const first = await RawClient.connect(port, { clientId: "same", will: { topic: "a", payload: "b" } });
  const second = await RawClient.open(port);
  second.send(connect({ clientId: "same" }));
  await first.untilClosed();
  await second.untilClosed();
  await waitUntil("both have been closed", () => clients.every(({ closed }) => closed));
  const left = aedes.connectedClients;
  await new Promise<void>((resolve) => aedes.close(() => resolve()));
  server.close();
  return left;
}

test("a client that leaves while it is being let in is forgotten, and aedes alone would keep it", async () => {
  expect(await clientsLeft(forgetClosed)).toBe(0);
  expect(await clientsLeft(() => {})).toBe(1);
});
