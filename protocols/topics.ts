/** All topics in one place (design section 5). `{site}/{gateway}` names one gateway in the world. */
const root = "storewire/v1";

export const eventCategories = ["return", "queue", "weighing", "alert"] as const;
export const telemetryCategories = ["device", "gateway"] as const;
export type EventCategory = (typeof eventCategories)[number];
export type TelemetryCategory = (typeof telemetryCategories)[number];
export type Category = EventCategory | TelemetryCategory;

/** The two numbered streams of a gateway: events for HQ, never thinned, and telemetry, which may be. */
export const streams = ["evt", "tel"] as const;
export type Stream = (typeof streams)[number];

export function streamOf(category: Category): Stream {
  return category === "device" || category === "gateway" ? "tel" : "evt";
}

export interface GatewayName {
  readonly site: string;
  readonly gateway: string;
}

const base = ({ site, gateway }: GatewayName): string => `${root}/${site}/${gateway}`;

export const uplinkTopics = {
  batch: (name: GatewayName, category: Category) => `${base(name)}/${streamOf(category)}/${category}`,
  state: (name: GatewayName) => `${base(name)}/state`,
  acknowledgement: (name: GatewayName) => `${base(name)}/ack`,
  resend: (name: GatewayName) => `${base(name)}/resend`,
  configurationDesired: (name: GatewayName) => `${base(name)}/cfg/desired`,
  configurationReported: (name: GatewayName) => `${base(name)}/cfg/reported`,
  command: (name: GatewayName, command: string) => `${base(name)}/cmd/${command}`,
  commandReply: (name: GatewayName, command: string) => `${base(name)}/cmd/${command}/reply`,
} as const;

/** What HQ subscribes to, for all gateways. */
export const headquartersFilters = [`${root}/+/+/evt/+`, `${root}/+/+/tel/+`, `${root}/+/+/state`] as const;

export type UpwardTopic =
  | {
      readonly kind: "batch";
      readonly name: GatewayName;
      readonly stream: Stream;
      readonly category: Category;
    }
  | { readonly kind: "state"; readonly name: GatewayName };

/** Reads a topic that HQ received; undefined when it is none of ours. */
export function parseUpwardTopic(topic: string): UpwardTopic | undefined {
  const [product, version, site, gateway, third, category, ...rest] = topic.split("/");
  if (`${product}/${version}` !== root || !site || !gateway || rest.length > 0) return undefined;
  const name = { site, gateway };
  if (third === "state" && category === undefined) return { kind: "state", name };
  const known = [...eventCategories, ...telemetryCategories].find((candidate) => candidate === category);
  if (known === undefined || third !== streamOf(known)) return undefined;
  return { kind: "batch", name, stream: streamOf(known), category: known };
}

export const localTopics = {
  reading: (agent: string) => `local/v1/${agent}/reading`,
  command: (agent: string, name: string) => `local/v1/${agent}/cmd/${name}`,
  commandFilter: (agent: string) => `local/v1/${agent}/cmd/#`,
} as const;

/** The agent's name in `local/v1/{agent}/reading`, or undefined for any other topic. */
export function agentOfReadingTopic(topic: string): string | undefined {
  return /^local\/v1\/([^/]+)\/reading$/.exec(topic)?.[1];
}

/** MQTT topic filters, 3.1.1 section 4.7: `+` stands for one level, `#` for the rest. */
export function topicMatches(filter: string, topic: string): boolean {
  const wanted = filter.split("/");
  const levels = topic.split("/");
  for (let index = 0; index < wanted.length; index += 1) {
    if (wanted[index] === "#") return true;
    if (index >= levels.length) return false;
    if (wanted[index] !== "+" && wanted[index] !== levels[index]) return false;
  }
  return wanted.length === levels.length;
}
