import type { Outbox } from "../outbox/outbox.ts";
import type { Configuration } from "../protocols/config/configuration.ts";
import type { BrokerCounts, OpenStoreBroker } from "./broker/store-broker.ts";
import { commandsCollection } from "./commands.ts";
import type { Intake } from "./intake.ts";
import type { IntakeCounts } from "./intake-counts.ts";
import { queueCollection, waitingByLine } from "./queue/queue-service.ts";
import { ledgerOf } from "./returns/ledger.ts";
import { returnsCollection } from "./returns/returns-service.ts";
import { backlogOf, type Positions } from "./uplink/presence.ts";
import { positionsOf, type Uplink, type UplinkCounts } from "./uplink/uplink.ts";

export interface GatewayStatus {
  readonly uplinkUp: boolean;
  readonly backlog: number;
  readonly positions: Positions;
  readonly intake: Readonly<IntakeCounts>;
  readonly uplink: Readonly<UplinkCounts>;
  readonly broker: Readonly<BrokerCounts> | undefined;
  readonly cases: number;
  readonly queue: readonly {
    readonly service: string;
    readonly priorityClass: string;
    readonly waiting: number;
  }[];
  readonly pendingCommands: number;
}

export interface GatewayParts {
  readonly configuration: Configuration;
  readonly outbox: Outbox;
  readonly intake: Intake;
  readonly uplink: Uplink;
  readonly broker: OpenStoreBroker | undefined;
}

/** How a gateway is at this moment. */
export function gatewayStatus({
  configuration,
  outbox,
  intake,
  uplink,
  broker,
}: GatewayParts): GatewayStatus {
  const positions = positionsOf(outbox);
  return {
    uplinkUp: uplink.up,
    backlog: backlogOf(positions),
    positions,
    intake: { ...intake.counts },
    uplink: { ...uplink.counts },
    broker: broker === undefined ? undefined : { ...broker.counts },
    cases: ledgerOf(intake.documents(returnsCollection)).held,
    queue: waitingByLine(configuration, intake.documents(queueCollection)),
    pendingCommands: intake.documents(commandsCollection).size,
  };
}
