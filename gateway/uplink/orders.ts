import type { Logger } from "pino";
import type { z } from "zod";
import type { MessageLink, ReceivedMessage } from "../../protocols/message-link.ts";
import { orderBytesMax } from "../../protocols/orders.ts";
import { continueCasesSchema, continueCommand } from "../../protocols/returns/continue-case.ts";
import { type GatewayName, uplinkTopics } from "../../protocols/topics.ts";
import { announceCommand, announceParcelsSchema } from "../../protocols/weighing/announce-parcels.ts";
import type { ServiceInput } from "../service.ts";

/** What HQ may order, under `cmd/`, and what the store services are told of it. */
const orders: Readonly<Record<string, (words: unknown) => Order | undefined>> = {
  [continueCommand]: reader(continueCasesSchema, ({ cases }) => ({ kind: "cases-continued", cases })),
  [announceCommand]: reader(announceParcelsSchema, ({ parcels, untilMs }) => ({
    kind: "parcels-announced",
    announced: { parcels, untilMs },
  })),
};

type OrderInput = Extract<ServiceInput, { kind: "cases-continued" | "parcels-announced" }>;

interface Order {
  readonly id: string;
  readonly input: OrderInput;
}

function reader<Message extends { readonly id: string }>(
  schema: z.ZodType<Message>,
  inputOf: (message: Message) => OrderInput,
): (words: unknown) => Order | undefined {
  return (words) => {
    const { data } = schema.safeParse(words);
    return data && { id: data.id, input: inputOf(data) };
  };
}

export interface OrdersOptions {
  readonly link: MessageLink;
  readonly name: GatewayName;
  /** Fulfilled when it is on disk. */
  readonly take: (input: OrderInput) => Promise<void>;
  readonly log: Logger;
}

/** Hears what HQ orders; it is answered when it is on disk, and HQ tells it again until then. */
export function hearOrders({ link, name, take, log }: OrdersOptions): void {
  for (const command of Object.keys(orders)) {
    const answer = async ({ id, input }: Order): Promise<void> => {
      await take(input);
      const reply = JSON.stringify({ id, outcome: "done" });
      await link.publish(uplinkTopics.commandReply(name, command), reply);
    };
    const failed = (error: unknown): void =>
      log.warn({ event: "order-failed", command, reason: String(error) });
    link
      .subscribe([uplinkTopics.command(name, command)], (message) => {
        const order = readOrder(command, message);
        if (order === undefined)
          log.warn({ event: "order-unreadable", command, bytes: message.payload.length });
        else void answer(order).catch(failed);
      })
      .catch(failed);
  }
}

/** Undefined where it is none of ours. */
export function readOrder(command: string, { payload }: Pick<ReceivedMessage, "payload">): Order | undefined {
  if (payload.length > orderBytesMax) return undefined;
  try {
    return orders[command]?.(JSON.parse(new TextDecoder().decode(payload)));
  } catch {
    return undefined;
  }
}
