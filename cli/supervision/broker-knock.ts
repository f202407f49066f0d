import { connect } from "node:net";
import type { Clock } from "../../protocols/clock.ts";

/** A broker of this very process that does nothing for so long does not listen any more. */
const knockMsMax = 10_000;

/**
 * Whether the store broker reacts at all on its own port. The visitor takes its leave without a word, which is
 * no trouble to be logged and takes no account; the kernel would accept it alone, but only a broker that is
 * awake ends the connection in its turn. A door that is shut because too many stand there is awake as well.
 */
export function knockAtBroker(host: string, port: number, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: reachable(host), port, allowHalfOpen: true });
    const cancel = clock.after(knockMsMax, () => socket.destroy(new Error("nobody answers")));
    socket.once("connect", () => socket.end());
    socket.once("end", () => socket.destroy());
    // Without somebody who reads, an end is never heard.
    socket.resume();
    let fault: Error | undefined;
    socket.on("error", (error) => {
      fault = isReset(error) ? undefined : error;
    });
    socket.once("close", () => {
      cancel();
      if (fault === undefined) resolve();
      else reject(fault);
    });
  });
}

const isReset = (error: Error & { readonly code?: string }): boolean => error.code === "ECONNRESET";

/** What listens everywhere is knocked at on loopback. */
const reachable = (host: string): string => (host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host);
