import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { SimulatedRepository } from "../simulators/network/simulated-repository.ts";

/** What came over the wire beside the request itself. */
export type HeardHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A simulated EPCIS repository behind HTTP on loopback; what it does not answer it cuts off. */
export class LoopbackRepository {
  readonly headers: HeardHeaders[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(repository: SimulatedRepository, prefix = "", port = 0): Promise<LoopbackRepository> {
    const server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        loopback.headers.push(request.headers);
        const path = String(request.url).slice(prefix.length);
        const answer = repository.answer({
          method: String(request.method),
          path,
          ...(body !== "" && { body }),
        });
        if (answer === undefined) {
          request.socket.destroy();
          return;
        }
        const { location } = answer.headers;
        const headers = { ...answer.headers, ...(location !== undefined && { location: prefix + location }) };
        response.writeHead(answer.status, headers).end(answer.body);
      });
    });
    const loopback = new LoopbackRepository(server);
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return loopback;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
