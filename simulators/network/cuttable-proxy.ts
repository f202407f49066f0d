import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * A cable that can be cut: passes TCP on loopback to `targetPort`. While cut, it refuses new connections
 * and has torn the old ones; while stalled, it holds bytes back, and a side that ends is not told to the other
 * (a half-open link).
 */
export class CuttableProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #stalled = new Set<readonly [Socket, Socket]>();
  #cut = false;

  private constructor(server: Server, port: number, targetPort: number) {
    this.#server = server;
    this.port = port;
    this.#targetPort = targetPort;
    server.on("connection", (near) => this.#pass(near));
  }

  static open(targetPort: number): Promise<CuttableProxy> {
    return new Promise((resolve, reject) => {
      const server = createServer();
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
        resolve(new CuttableProxy(server, address.port, targetPort));
      });
    });
  }

  cut(): void {
    this.#cut = true;
    for (const [near, far] of this.#pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  mend(): void {
    this.#cut = false;
  }

  /** Holds everything back in both directions until `release`; connections made meanwhile are not concerned. */
  stall(): void {
    for (const pair of this.#pairs) {
      this.#stalled.add(pair);
      for (const socket of pair) {
        socket.unpipe();
        socket.pause();
      }
    }
  }

  release(): void {
    for (const pair of this.#stalled) {
      this.#stalled.delete(pair);
      if (pair.some((socket) => socket.destroyed)) this.#end(pair);
      else this.#join(pair);
    }
  }

  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #pass(near: Socket): void {
    if (this.#cut) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ host: "127.0.0.1", port: this.#targetPort, noDelay: true });
    near.setNoDelay(true);
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    this.#join(pair);
    for (const socket of pair) {
      socket.on("error", () => this.#end(pair));
      socket.on("close", () => this.#end(pair));
    }
  }

  #join([near, far]: readonly [Socket, Socket]): void {
    near.pipe(far);
    far.pipe(near);
  }

  #end(pair: readonly [Socket, Socket]): void {
    if (this.#stalled.has(pair) && !this.#cut && pair.some((socket) => !socket.destroyed)) return;
    this.#stalled.delete(pair);
    this.#pairs.delete(pair);
    for (const socket of pair) socket.destroy();
  }
}
