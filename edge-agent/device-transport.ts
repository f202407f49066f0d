import { CallLedger, watchCalls } from "../protocols/call-ledger.ts";
import type { Opening, Transport, TransportListener } from "../protocols/transport.ts";

/** One device's transport, and which of its calls have not come back. */
export class DeviceTransport {
  readonly #make: () => Transport;
  #transport: Transport | undefined;
  #calls = new CallLedger();
  #opening = false;
  #left: readonly CallLedger[] = [];

  constructor(make: () => Transport) {
    this.#make = make;
  }

  /** Of the transport as it is now; those of the ones that were left do not count. */
  get calls(): CallLedger {
    return this.#calls;
  }

  /** Calls that have not come back, those of transports that were left among them. */
  get callsOut(): number {
    return this.#left.reduce((sum, { open }) => sum + open, this.#calls.open);
  }

  /** Some were left behind and have still not come back. */
  get callsHang(): boolean {
    return this.#left.some(({ open }) => open > 0);
  }

  /** Each opening that hangs may hold one of the process's few threads, so the next one waits for it. */
  async open(listener: TransportListener): Promise<Opening> {
    if (this.#opening)
      return { ok: false, fault: { code: "device-stuck", detail: "the last opening has not come back" } };
    const calls = this.#calls;
    this.#transport ??= watchCalls(this.#make(), { open: calls });
    this.#opening = true;
    try {
      const opening = await this.#transport.open(listener);
      if (!opening.ok) return opening;
      const watched = { send: calls, sendFeature: calls, setLine: calls, close: calls };
      return { ok: true, connection: watchCalls(opening.connection, watched) };
    } finally {
      // Of a transport that was left nothing is waited for.
      if (calls === this.#calls) this.#opening = false;
    }
  }

  /** The next opening is that of a new transport, whatever hangs in this one. */
  leave(): void {
    this.#left = [...this.#left, this.#calls].filter(({ open }) => open > 0);
    this.#calls = new CallLedger();
    this.#transport = undefined;
    this.#opening = false;
  }
}
