import type { Clock } from "../protocols/clock.ts";
import type { MessageLink } from "../protocols/message-link.ts";
import type { GatewayName } from "../protocols/topics.ts";
import {
  type AnnouncedParcel,
  announceCommand,
  announceParcelsMax,
} from "../protocols/weighing/announce-parcels.ts";
import { Orders } from "./orders.ts";

export interface Announcing {
  readonly link: MessageLink;
  readonly clock: Clock;
  /** Begins the ids of our messages. */
  readonly origin: string;
  readonly to: GatewayName;
  readonly parcels: readonly AnnouncedParcel[];
  /** Wall time in ms; the parcels are expected until then. */
  readonly untilMs: number;
  readonly waitMs: number;
}

/** Announces parcels to a gateway; answers how many of them it has on disk once it has all, or `waitMs` is over. */
export async function announceParcels(options: Announcing): Promise<number> {
  const { link, clock, origin, to, parcels, untilMs, waitMs } = options;
  const told = new Map<string, number>();
  let onDisk = 0;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const onDone = (id: string): void => {
    onDisk += told.get(id) ?? 0;
    if (onDisk === parcels.length) end();
  };
  const orders = await Orders.open({ link, clock, command: announceCommand, origin, gateways: [to], onDone });
  for (let from = 0; from < parcels.length; from += announceParcelsMax) {
    const part = parcels.slice(from, from + announceParcelsMax);
    const id = orders.give(to, { untilMs, parcels: part });
    if (id !== undefined) told.set(id, part.length);
  }
  const cancel = clock.after(waitMs, end);
  await ended;
  cancel();
  orders.close();
  return onDisk;
}
