import type { Logger } from "pino";
import type { Outbox } from "../outbox/outbox.ts";
import type { Clock } from "../protocols/clock.ts";
import type { CommandTarget } from "../protocols/commands.ts";
import type { Configuration } from "../protocols/config/configuration.ts";
import type { FaultCode } from "../protocols/faults.ts";
import type { LastWill, MessageLink } from "../protocols/message-link.ts";
import type { Random } from "../protocols/random.ts";
import type { BrokerOptions, OpenStoreBroker } from "./broker/store-broker.ts";
import type { CaptureExchange } from "./capture/exchange.ts";
import type { CardGauge } from "./card/card-watch.ts";
import type { StoreReport } from "./start-drafts.ts";

export interface GatewayOptions {
  readonly configuration: Configuration;
  readonly outbox: Outbox;
  readonly startReport: StoreReport;
  readonly clock: Clock;
  readonly random: Random;
  readonly boot: string;
  readonly version: string;
  /** The will is to be asked for anew at each connection; it says how things stood then. */
  readonly makeUplinkLink: (will: () => LastWill) => MessageLink;
  /** What speaks MQTT to the site's agents; the embedded broker when absent. */
  readonly openStoreBroker?: ((options: BrokerOptions) => Promise<OpenStoreBroker>) | undefined;
  /** The agent in this process; its name is `configuration.agent.id`. */
  readonly commandTarget?: CommandTarget;
  /** Only a new start can mend what has been found; the process is asked to end in order. */
  readonly restart?: (reason: FaultCode) => void;
  /** What the machine tells of the card that the outbox lies on. */
  readonly card?: CardGauge | undefined;
  /** HTTP to the EPCIS repository that `hq.capture` names. */
  readonly captureExchange?: CaptureExchange | undefined;
  readonly log: Logger;
}
