import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { packageVersion } from "../../cli/system.ts";
import { asyncApiDocument } from "../../protocols/asyncapi.ts";
import { categoryOf, type EventTypeName, eventTypes } from "../../protocols/events.ts";
import { continueCommand } from "../../protocols/returns/continue-case.ts";
import {
  type Category,
  eventCategories,
  localTopics,
  streamOf,
  telemetryCategories,
  topicMatches,
  uplinkTopics,
} from "../../protocols/topics.ts";
import { announceCommand } from "../../protocols/weighing/announce-parcels.ts";
import { readSourceFiles } from "../tidy/source-files.ts";
import { isCurrent } from "./is-current.ts";

const require = createRequire(import.meta.url);
const documentFile = "deploy/asyncapi.json";

interface Reference {
  readonly $ref: string;
}
interface Operation {
  readonly action: string;
  readonly channel: Reference;
  readonly bindings: { readonly mqtt: { readonly qos: number; readonly retain?: boolean } };
}
interface AsyncApi {
  readonly servers: Record<
    string,
    { bindings?: { mqtt: { lastWill: { topic: string; retain: boolean; message: string } } } }
  >;
  readonly channels: Record<string, { address: string; messages?: object; parameters: object }>;
  readonly operations: Record<string, Operation>;
  readonly components: {
    readonly messages: Record<string, { payload: Reference; examples?: { payload: unknown }[] }>;
    readonly schemas: Record<string, object>;
  };
}

const document = asyncApiDocument(packageVersion) as AsyncApi;
const channels = Object.entries(document.channels);
const categories: readonly Category[] = [...eventCategories, ...telemetryCategories];
const types = Object.keys(eventTypes) as EventTypeName[];

/** The document's own schemas, as any validator of draft 07 understands them. */
function refusals(): (schema: string, value: unknown) => readonly unknown[] {
  const ajv = new Ajv.default({ allErrors: true, strict: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "asyncapi", components: document.components });
  return (schema, value) => {
    const validate = ajv.getSchema(`asyncapi#/components/schemas/${schema}`);
    if (validate === undefined) throw new Error(`there is no schema ${schema}`);
    return validate(value) === true ? [] : (validate.errors ?? []);
  };
}

/** Every `$ref` of a value. */
function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "$ref" && typeof inner === "string" ? [inner] : references(inner),
  );
}

function at(pointer: string): unknown {
  const step = (value: unknown, key: string): unknown =>
    (value as Record<string, unknown> | undefined)?.[key];
  return pointer.replace(/^#\//, "").split("/").reduce(step, document);
}

describe("the AsyncAPI document", () => {
  it("is current", () => {
    isCurrent(documentFile, `${JSON.stringify(document, null, 2)}\n`);
  });

  it("is AsyncAPI 3.0.0 by its official schema, which sees a mistake", () => {
    // The file brings draft 07 itself along; a second one would be ambiguous.
    const ajv = new Ajv.default({ strict: false, meta: false, validateSchema: false });
    addFormats.default(ajv);
    const validate = ajv.compile(require("@asyncapi/specs/schemas/3.0.0.json") as object);
    const kept = JSON.parse(readFileSync(documentFile, "utf8")) as AsyncApi;
    expect(validate(kept) || validate.errors).toBe(true);
    for (const change of [
      { asyncapi: "2.6.0" },
      { channles: {} },
      { operations: { sendState: { ...document.operations["sendState"], action: "publish" } } },
      { operations: { sendState: { ...document.operations["sendState"], bindings: { mqtt: { qos: 3 } } } } },
    ]) {
      expect(validate({ ...kept, ...change }), JSON.stringify(change)).toBe(false);
    }
  });

  it("refers to nothing that is not there", () => {
    const all = references(document);
    expect(all.length).toBeGreaterThan(60);
    expect(all.filter((reference) => at(reference) === undefined)).toEqual([]);
  });

  it("has every type of event in the batch of its category, and in no other", () => {
    for (const category of categories) {
      expect(references(document.components.schemas[`${category}Events`])).toEqual(
        types.filter((type) => categoryOf(type) === category).map((type) => `#/components/schemas/${type}`),
      );
    }
    expect(types.filter((type) => !(type in document.components.schemas))).toEqual([]);
  });
});

describe("the channels", () => {
  const gateway = { site: "{site}", gateway: "{gateway}" };
  /** Every function of topics.ts. */
  const uplink: Record<keyof typeof uplinkTopics, readonly string[]> = {
    batch: categories.map((category) => uplinkTopics.batch(gateway, category)),
    state: [uplinkTopics.state(gateway)],
    acknowledgement: [uplinkTopics.acknowledgement(gateway)],
    resend: [uplinkTopics.resend(gateway)],
    configurationDesired: [uplinkTopics.configurationDesired(gateway)],
    configurationReported: [uplinkTopics.configurationReported(gateway)],
    command: [continueCommand, announceCommand].map((command) => uplinkTopics.command(gateway, command)),
    commandReply: [uplinkTopics.commandReply(gateway, "{command}")],
  };
  const local: Record<keyof typeof localTopics, readonly string[]> = {
    reading: [localTopics.reading("{agent}")],
    command: [localTopics.command("{agent}", "{task}")],
    commandFilter: channels
      .map(([, { address }]) => address)
      .filter((address) => topicMatches(localTopics.commandFilter("{agent}"), address)),
  };

  it("are the topics of topics.ts, all of them and no others", () => {
    expect(Object.keys(uplink)).toEqual(Object.keys(uplinkTopics));
    expect(Object.keys(local).sort()).toEqual(Object.keys(localTopics).sort());
    const wanted = new Set([...Object.values(uplink), ...Object.values(local)].flat());
    expect(channels.map(([, { address }]) => address).sort()).toEqual([...wanted].sort());
    expect(local.commandFilter).toEqual(local.command);
  });

  it("say each parameter of their address", () => {
    for (const [name, { address, parameters }] of channels) {
      const braced = [...address.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      expect(Object.keys(parameters), name).toEqual(braced);
      expect(Object.values(parameters), name).not.toContain(undefined);
    }
  });

  it("are reserved exactly where no gateway sends or hears", () => {
    const code = readSourceFiles()
      .filter(({ path }) => /^(gateway|edge-agent|hq)\/.*\.ts$/.test(path))
      .map(({ text }) => text)
      .join("\n");
    const spoken = [
      ...Object.entries(uplink).filter(([name]) => code.includes(`uplinkTopics.${name}(`)),
      ...Object.entries(local).filter(([name]) => code.includes(`localTopics.${name}(`)),
    ].flatMap(([, addresses]) => addresses);
    const operated = Object.values(document.operations).map(
      ({ channel }) => (at(channel.$ref) as { address: string }).address,
    );
    const withMessages = channels.filter(([, { messages }]) => messages).map(([, { address }]) => address);
    expect(operated.sort()).toEqual([...new Set(spoken)].sort());
    expect(withMessages.sort()).toEqual(operated);
  });

  it("go up and down as the gateway sees it, at QoS 1, the state alone retained by it", () => {
    const sent = (name: string) => [name, "send", { qos: 1, retain: false, bindingVersion: "0.2.0" }];
    const received = (name: string) => [name, "receive", { qos: 1, bindingVersion: "0.2.0" }];
    expect(
      Object.entries(document.operations).map(([name, { action, bindings }]) => [
        name,
        action,
        bindings.mqtt,
      ]),
    ).toEqual([
      sent("sendReturnEvents"),
      sent("sendQueueEvents"),
      sent("sendWeighingEvents"),
      sent("sendAlertEvents"),
      sent("sendDeviceEvents"),
      sent("sendGatewayEvents"),
      ["sendState", "send", { qos: 1, retain: true, bindingVersion: "0.2.0" }],
      received("receiveWatermark"),
      received("receiveResendRequest"),
      received("receiveCases"),
      received("receiveAnnouncement"),
      sent("sendCommandReply"),
      received("receiveReadings"),
      sent("sendDeviceCommand"),
    ]);
  });

  it("name evt or tel as the stream of their category", () => {
    for (const category of categories) {
      expect(document.channels[`${category}Events`]?.address).toBe(
        `storewire/v1/{site}/{gateway}/${streamOf(category)}/${category}`,
      );
    }
  });

  it("have a last will that is a state", () => {
    const will = document.servers["headquarters"]?.bindings?.mqtt.lastWill;
    expect(will).toMatchObject({ topic: uplinkTopics.state(gateway), qos: 1, retain: true });
    const state: unknown = JSON.parse(will?.message ?? "");
    expect(refusals()("state", state)).toEqual([]);
    expect(state).toMatchObject({ online: false });
  });
});

describe("the messages", () => {
  it("have examples that their own schemas take", () => {
    const refused = refusals();
    const examples = Object.entries(document.components.messages).flatMap(([name, { examples = [] }]) =>
      examples.map(({ payload }) => ({ name, payload })),
    );
    expect(examples.map(({ name }) => name)).toEqual([
      "state",
      "watermark",
      "resend",
      "continueCases",
      "announceParcels",
      "deviceCommand",
    ]);
    for (const { name, payload } of examples) expect(refused(name, payload), name).toEqual([]);
  });

  it("are not taken when they are wrong", () => {
    const refused = refusals();
    expect(refused("watermark", { epoch: "e1", sequence: 7 })).not.toEqual([]);
    expect(refused("resend", { epoch: "e1", from: "0", to: "7" })).not.toEqual([]);
    expect(refused("deviceCommand", { id: "1", device: "d", task: { kind: "explode" } })).not.toEqual([]);
    expect(refused("readings", [])).not.toEqual([]);
  });
});
