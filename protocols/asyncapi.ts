import { type Channel, channels } from "./asyncapi/channels.ts";
import { type Message, messages, schemasUnder } from "./asyncapi/messages.ts";
import { bindingVersion, servers } from "./asyncapi/servers.ts";
import { deviceCommandSchema } from "./commands.ts";
import { eventSchemas, type PlainSchema } from "./event-schemas.ts";

/** The AsyncAPI 3.0 document of what travels over MQTT; `deploy/asyncapi.json` is this. */
export function asyncApiDocument(version: string): object {
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Storewire",
      version,
      description:
        "What gateways of shops and depots say to headquarters and hear from it, and what agents say to their gateway. Operations are those of the gateway.",
    },
    defaultContentType: "application/json",
    servers,
    channels: mapValues(channels, channelObject),
    operations: Object.fromEntries(Object.entries(channels).flatMap(operationEntry)),
    components: {
      messages: mapValues(messages, messageObject),
      schemas: { ...eventSchemas(schemasUnder), ...mapValues(messages, ({ payload }) => payload) },
      securitySchemes: {
        certificate: { type: "X509", description: "TLS with a client certificate." },
        account: { type: "userPassword", description: "Name and password of an MQTT account." },
      },
    },
  };
}

const parameterWords: Readonly<Record<string, PlainSchema>> = {
  site: { description: "The store or depot.", examples: ["store-1001"] },
  gateway: { description: "The gateway of the site.", examples: ["gw-001"] },
  agent: { description: "The process that owns the devices.", examples: ["agent1"] },
  command: { description: "The name of a command to the gateway." },
  task: {
    description: "What the device is to do.",
    enum: deviceCommandSchema.shape.task.options.map((option) => option.shape.kind.value),
  },
};

function channelObject({ address, server, words, exchange }: Channel): object {
  const names = [...address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
  const message = exchange?.message;
  return {
    address,
    description: words,
    servers: [{ $ref: `#/servers/${server}` }],
    parameters: Object.fromEntries(names.map((name) => [name, parameterWords[name]])),
    ...(message === undefined
      ? {}
      : { messages: { [message]: { $ref: `#/components/messages/${message}` } } }),
  };
}

function operationEntry([name, { exchange, words }]: readonly [string, Channel]): [string, object][] {
  if (exchange === undefined) return [];
  const { action, operation, message, retain } = exchange;
  const mqtt = { qos: 1, ...(action === "send" ? { retain: retain ?? false } : {}), bindingVersion };
  const channel = { $ref: `#/channels/${name}` };
  const messageReference = { $ref: `#/channels/${name}/messages/${message}` };
  return [[operation, { action, channel, summary: words, messages: [messageReference], bindings: { mqtt } }]];
}

function messageObject({ title, contentType, example }: Message, name: string): object {
  return {
    name,
    title,
    ...(contentType === undefined ? {} : { contentType }),
    payload: { $ref: `${schemasUnder}/${name}` },
    ...(example === undefined ? {} : { examples: [example] }),
  };
}

function mapValues<In, Out>(
  record: Readonly<Record<string, In>>,
  change: (value: In, name: string) => Out,
): Readonly<Record<string, Out>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}
