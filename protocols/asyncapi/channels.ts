import { isEventCategory } from "../events.ts";
import { continueCommand } from "../returns/continue-case.ts";
import { type Category, localTopics, uplinkTopics } from "../topics.ts";
import { announceCommand } from "../weighing/announce-parcels.ts";
import { categories } from "./messages.ts";
import { gatewayName, type servers } from "./servers.ts";

/** A topic as the document tells of it. Without a message it is reserved: no gateway sends or hears it yet. */
export interface Channel {
  readonly address: string;
  readonly server: keyof typeof servers;
  readonly words: string;
  readonly exchange?: Exchange;
}

/** From the gateway's point of view. */
interface Exchange {
  readonly action: "send" | "receive";
  readonly operation: string;
  readonly message: string;
  readonly retain?: boolean;
}

const reserved = "Reserved: gateways of this version neither send nor hear it.";

/** Every topic of topics.ts. */
export const channels: Readonly<Record<string, Channel>> = {
  ...Object.fromEntries(categories.map((category) => [`${category}Events`, batchChannel(category)])),
  state: {
    address: uplinkTopics.state(gatewayName),
    server: "headquarters",
    words:
      "How the gateway stands. Retained, and its last will, so that HQ knows at once who is there. `watermark` is what it heard HQ confirm, `draining` up to where a backlog will still come by itself; of several epochs the one with the highest `epochOrdinal` is the newest.",
    exchange: { action: "send", operation: "sendState", message: "state", retain: true },
  },
  watermark: {
    address: uplinkTopics.acknowledgement(gatewayName),
    server: "headquarters",
    words:
      "HQ has stored everything of this epoch up to here; the gateway may forget it. HQ publishes it retained. `grant` says how fast a backlog may come; it counts from its arrival, and not in a retained message.",
    exchange: { action: "receive", operation: "receiveWatermark", message: "watermark" },
  },
  resend: {
    address: uplinkTopics.resend(gatewayName),
    server: "headquarters",
    words: "HQ asks for a range once more. What is gone for good is answered with storewire.alert.loss.",
    exchange: { action: "receive", operation: "receiveResendRequest", message: "resend" },
  },
  configurationDesired: {
    address: uplinkTopics.configurationDesired(gatewayName),
    server: "headquarters",
    words: reserved,
  },
  configurationReported: {
    address: uplinkTopics.configurationReported(gatewayName),
    server: "headquarters",
    words: reserved,
  },
  continueCases: {
    address: uplinkTopics.command(gatewayName, continueCommand),
    server: "headquarters",
    words:
      "HQ tells of return cases that another site began and that are on their way here. Told again it changes nothing.",
    exchange: { action: "receive", operation: "receiveCases", message: "continueCases" },
  },
  announceParcels: {
    address: uplinkTopics.command(gatewayName, announceCommand),
    server: "headquarters",
    words:
      "HQ tells what parcels should weigh that are on their way here. Told again it changes nothing; another weight replaces the first.",
    exchange: { action: "receive", operation: "receiveAnnouncement", message: "announceParcels" },
  },
  commandReply: {
    address: uplinkTopics.commandReply(gatewayName, "{command}"),
    server: "headquarters",
    words: "What HQ ordered is done, on disk; it need not order it again.",
    exchange: { action: "send", operation: "sendCommandReply", message: "commandReply" },
  },
  readings: {
    address: localTopics.reading("{agent}"),
    server: "store",
    words:
      "What an agent's devices observed. The gateway acknowledges it once it is on disk; repeating is harmless.",
    exchange: { action: "receive", operation: "receiveReadings", message: "readings" },
  },
  deviceCommand: {
    address: localTopics.command("{agent}", "{task}"),
    server: "store",
    words: "An order to one device, handed over until its answer comes back as a reading of kind `answer`.",
    exchange: { action: "send", operation: "sendDeviceCommand", message: "deviceCommand" },
  },
};

function batchChannel(category: Category): Channel {
  const keeping = isEventCategory(category)
    ? "Never dropped or thinned, numbered without holes, each stored once by whoever drops what it has already."
    : "Telemetry: numbered apart, the oldest goes first when the gateway is full.";
  const capitalised = `${category.charAt(0).toUpperCase()}${category.slice(1)}`;
  return {
    address: uplinkTopics.batch(gatewayName, category),
    server: "headquarters",
    words: `Events of the category ${category}. ${keeping} Live events overtake a backlog, whose events carry \`historical\`.`,
    exchange: { action: "send", operation: `send${capitalised}Events`, message: `${category}Events` },
  };
}
