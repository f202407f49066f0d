import { z } from "zod";
import {
  categoryOf,
  dataSchemaOf,
  type EventTypeName,
  epcisSchemaUrl,
  eventSchema,
  eventTypes,
} from "./events.ts";

/** JSON Schema draft 07: the one that AsyncAPI 3.0 builds on, and that every validator reads. */
export type PlainSchema = Readonly<Record<string, unknown>>;

const envelopeName = "event";
const epcisName = "epcis-event";

const types = Object.keys(eventTypes) as EventTypeName[];

/** What a receiver must accept: unknown members are allowed, because later versions may add some. */
export function plainSchema(schema: z.ZodType): PlainSchema {
  const { $schema: _dialect, ...plain } = z.toJSONSchema(schema, { io: "input", target: "draft-7" });
  return plain;
}

/** Each event's schema by its type, the envelope and EPCIS data beside them; `under` is where they will lie. */
export function eventSchemas(under: string): Readonly<Record<string, PlainSchema>> {
  const envelope = { title: "CloudEvents 1.0 with our extensions", ...plainSchema(eventSchema) };
  const epcisEvent = {
    title: "GS1 EPCIS 2.0 event",
    description: `Only what Storewire leans on; ${epcisSchemaUrl} says the whole.`,
    ...plainSchema(eventTypes["storewire.return.handed-in"].data),
  };
  const typed = types.map((type) => [type, typedSchema(type, under)] as const);
  return { [envelopeName]: envelope, [epcisName]: epcisEvent, ...Object.fromEntries(typed) };
}

/** `storewire schema events`: one JSON Schema that takes any one event. */
export function eventsJsonSchema(): PlainSchema {
  const under = "#/definitions";
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Storewire event",
    oneOf: types.map((type) => ({ $ref: `${under}/${type}` })),
    definitions: eventSchemas(under),
  };
}

function typedSchema(type: EventTypeName, under: string): PlainSchema {
  const dataschema = dataSchemaOf(type);
  const data =
    categoryOf(type) === "return"
      ? { $ref: `${under}/${epcisName}` }
      : { $id: dataschema, ...plainSchema(eventTypes[type].data) };
  const own = {
    type: "object",
    properties: { type: { const: type }, dataschema: { const: dataschema }, data },
  };
  return {
    title: type,
    description: eventTypes[type].words,
    allOf: [{ $ref: `${under}/${envelopeName}` }, own],
  };
}
