import type { Socket } from "node:net";
import { connect } from "node:net";
import type { Clock } from "../../protocols/clock.ts";
import type { TcpConfig } from "../../protocols/config/transport.ts";
import { lifeline } from "../../protocols/lifeline.ts";
import type { Opening, Transport, TransportListener } from "../../protocols/transport.ts";
import { once, streamConnection } from "./stream-connection.ts";
import { detailOf, openingFault } from "./system-errors.ts";

/** A reader in the same building answers in milliseconds; the kernel alone would try for two minutes. */
export const connectMsMax = 5_000;
/**
 * Quiet time before the kernel asks whether the other end still lives. Node (libuv) has it ask ten times at
 * intervals of one second, so a link that died half-open is noticed after 20 s, also where a device never speaks
 * by itself. While something is unacknowledged the kernel asks nothing: there the session's own liveness counts.
 */
const keepAliveAfterMs = 10_000;

/** A device on the network, or a serial line behind a terminal server. */
export function tcpTransport(config: TcpConfig, { clock }: { readonly clock: Clock }): Transport {
  return { open: (listener) => openSocket(config, clock, listener) };
}

function openSocket(config: TcpConfig, clock: Clock, listener: TransportListener): Promise<Opening> {
  const where = `${config.host}:${config.port}`;
  const socket = connect({ host: config.host, port: config.port, noDelay: true });
  socket.setKeepAlive(true, keepAliveAfterMs);
  return new Promise((resolve) => {
    const refuse = (error: unknown): void => {
      cancel();
      socket.destroy();
      resolve({ ok: false, fault: openingFault(error) });
    };
    const cancel = clock.after(connectMsMax, () =>
      refuse(new Error(`${where} did not answer within ${connectMsMax} ms`)),
    );
    // Stays for good: an `error` without a listener would end the process.
    socket.on("error", refuse);
    socket.once("connect", () => {
      cancel();
      resolve({ ok: true, connection: connection(socket, where, listener) });
    });
  });
}

function connection(socket: Socket, where: string, listener: TransportListener) {
  const life = lifeline(listener);
  socket.on("data", (chunk) => life.bytes(new Uint8Array(chunk)));
  socket.on("error", (error) =>
    life.lose({ code: "connection-lost", detail: `${where}: ${detailOf(error)}` }),
  );
  socket.on("close", () => life.lose({ code: "connection-lost", detail: `${where} closed the connection` }));
  const shut = once(
    () =>
      new Promise((resolve) => {
        if (socket.closed) return resolve();
        socket.once("close", () => resolve());
        socket.destroy();
      }),
  );
  life.atEnd(() => void shut());
  return streamConnection(socket, life, shut);
}
