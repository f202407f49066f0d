import type { Cancel, Clock } from "../protocols/clock.ts";
import type { MessageLink, ReceivedMessage } from "../protocols/message-link.ts";
import { orderReplySchema } from "../protocols/orders.ts";
import { type GatewayName, uplinkTopics } from "../protocols/topics.ts";

export interface OrdersOptions {
  readonly link: MessageLink;
  readonly clock: Clock;
  /** The word under `cmd/`. */
  readonly command: string;
  /** Begins the ids of our orders, so that another process's answers are not ours. */
  readonly origin: string;
  /** Every gateway that orders may go to. */
  readonly gateways: readonly GatewayName[];
  /** An order is on a gateway's disk. */
  readonly onDone?: (id: string) => void;
}

/** What nobody has answered is told again so often. */
const againMs = 30_000;
/** Orders without an answer. */
const pendingMax = 1_000;

interface Pending {
  readonly to: GatewayName;
  readonly message: object;
}

/** Orders of one kind to gateways: each is told again until its gateway has it on disk. */
export class Orders {
  readonly #options: OrdersOptions;
  readonly #pending = new Map<string, Pending>();
  #cancels: readonly Cancel[] = [];
  #given = 0;

  private constructor(options: OrdersOptions) {
    this.#options = options;
  }

  static async open(options: OrdersOptions): Promise<Orders> {
    const orders = new Orders(options);
    const { link, command, gateways } = options;
    const filters = gateways.map((name) => uplinkTopics.commandReply(name, command));
    if (filters.length > 0) await link.subscribe(filters, (message) => orders.#answered(message));
    orders.#tellAgainLater(link.onUp(() => orders.#tellAll()));
    return orders;
  }

  /** The order's id; undefined where too many are without an answer already. */
  give(to: GatewayName, words: object): string | undefined {
    if (this.#pending.size >= pendingMax) return undefined;
    this.#given += 1;
    const id = `${this.#options.origin}-${this.#given}`;
    this.#pending.set(id, { to, message: { id, ...words } });
    this.#tell(id);
    return id;
  }

  get pending(): number {
    return this.#pending.size;
  }

  close(): void {
    for (const cancel of this.#cancels) cancel();
  }

  #tellAll(): void {
    for (const id of this.#pending.keys()) this.#tell(id);
  }

  /** While the link is down nothing is told; once it is up everything is. */
  #tell(id: string): void {
    const { link, command } = this.#options;
    const pending = this.#pending.get(id);
    if (pending === undefined || !link.up) return;
    link
      .publish(uplinkTopics.command(pending.to, command), JSON.stringify(pending.message))
      .catch(() => undefined);
  }

  #answered({ payload }: ReceivedMessage): void {
    try {
      const { data } = orderReplySchema.safeParse(JSON.parse(new TextDecoder().decode(payload)));
      if (data !== undefined && this.#pending.delete(data.id)) this.#options.onDone?.(data.id);
    } catch {
      // Not an answer of ours; told again it will come.
    }
  }

  #tellAgainLater(cancelUp: Cancel): void {
    const cancelAgain = this.#options.clock.after(againMs, () => {
      this.#tellAll();
      this.#tellAgainLater(cancelUp);
    });
    this.#cancels = [cancelUp, cancelAgain];
  }
}
