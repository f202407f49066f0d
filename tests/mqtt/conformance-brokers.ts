import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../cli/system.ts";
import type { ClientRights } from "../../gateway/broker/rights.ts";
import { StoreBroker } from "../../gateway/broker/store-broker.ts";
import { silentLog } from "../gateway/store.ts";
import { realBrokerThere, startRealBroker } from "../real-broker.ts";

export interface ConformanceBroker {
  readonly port: number;
  stop(): Promise<void>;
}

/** No client may subscribe to this one, on either broker. */
export const forbiddenFilter = "test/nosubscribe";

/** What a store's clients may not do, so that the broker's mechanics can be seen whole. */
const openRights: ClientRights = {
  mayShare: () => true,
  mayHear: (_login, filter) => filter !== forbiddenFilter,
  keepsSessions: true,
};

async function startOurs(): Promise<ConformanceBroker> {
  const broker = await StoreBroker.open({
    configuration: { enabled: true, host: "127.0.0.1", port: 0, accounts: [] },
    take: () => Promise.resolve(),
    agentAppeared: () => {},
    clock: systemClock(),
    log: silentLog,
    rights: openRights,
  });
  return { port: broker.port, stop: () => broker.close() };
}

async function startMosquitto(): Promise<ConformanceBroker> {
  const broker = await startRealBroker({
    whole: (port, directory) => {
      const rights = join(directory, "rights");
      writeFileSync(rights, `topic readwrite #\ntopic readwrite $TopicA/#\ntopic deny ${forbiddenFilter}\n`);
      return [
        `listener ${port} 127.0.0.1`,
        "allow_anonymous true",
        `acl_file ${rights}`,
        "user root",
        "set_tcp_nodelay true",
        "log_dest stderr",
        "",
      ].join("\n");
    },
  });
  return { port: broker.port, stop: () => broker.stop() };
}

interface BrokerUnderTest {
  readonly name: string;
  readonly start: () => Promise<ConformanceBroker>;
  /** Where it does otherwise than the case asks for. */
  readonly departs: readonly string[];
}

/** It takes the QoS of the match that it finds first, keeps quiet about forbidden filters, lets some violations pass (2.0.11). */
const departuresOfMosquitto = [
  "overlap 2 and 1",
  "overlap 0 and 2",
  "refusal",
  "a second CONNECT",
  "QoS 0 and DUP",
  "flags of PUBACK",
  "flags of PINGREQ",
  "a packet of the server",
];

/** Ours, and Debian's Mosquitto as the control: what the tests ask for is what a broker of renown does. */
export function brokersUnderTest(what: string): readonly BrokerUnderTest[] {
  const ours: BrokerUnderTest = { name: "the store broker", start: startOurs, departs: [] };
  if (!realBrokerThere(what)) return [ours];
  return [ours, { name: "Mosquitto", start: startMosquitto, departs: departuresOfMosquitto }];
}

/** Eight clients a host, each host an address of its own on loopback: the door turns away who comes too often. */
export function hostOfClient(number: number): string {
  return `127.0.1.${1 + Math.floor(number / 8)}`;
}
