import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import type { Segment } from "../tshark.ts";

/** A loopback port that passes everything on to another one, and remembers each connection's bytes in order. */
export interface TappedPort {
  readonly port: number;
  readonly connections: readonly (readonly Segment[])[];
  close(): Promise<void>;
}

export async function tapPort(target: number): Promise<TappedPort> {
  const connections: Segment[][] = [];
  const open = new Set<{ destroy(): void }>();
  const server: Server = createServer((client) => {
    const said: Segment[] = [];
    connections.push(said);
    const upstream = connect({ port: target, host: "127.0.0.1" });
    for (const [from, to, name] of [
      [client, upstream, "client"],
      [upstream, client, "server"],
    ] as const) {
      open.add(from);
      from.on("data", (bytes) => {
        said.push({ from: name, bytes: Uint8Array.from(bytes) });
        to.write(bytes);
      });
      from.on("error", () => to.destroy());
      from.on("close", () => to.end());
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    connections,
    async close() {
      for (const each of open) each.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
