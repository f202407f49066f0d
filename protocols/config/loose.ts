import { z } from "zod";

/** Whatever is misshapen counts as absent here: its shape is reported elsewhere, and the rest is still checked. */
const text = z.string().optional().catch(undefined);
const list = <Item extends z.ZodType>(item: Item) => z.array(item).catch([]);
const linesSchema = z.record(z.string(), z.object({ direction: text }).catch({}));
const noSettings = { buttons: {}, outputs: [] };
const looseConsole = z.object({
  enabled: z.boolean().catch(false),
  host: text,
  accounts: list(z.object({ username: text, screen: text, readPoint: text }).catch({})),
});
const noConsole: z.infer<typeof looseConsole> = { enabled: false, host: undefined, accounts: [] };
export const looseSchema = z.object({
  readPoints: list(z.object({ id: text, role: text }).catch({ id: undefined, role: undefined })),
  devices: list(
    z
      .object({
        id: text,
        driver: text,
        readPoint: text,
        transport: z.looseObject({ kind: text, lines: linesSchema.catch({}) }).catch({
          kind: undefined,
          lines: {},
        }),
        settings: z
          .object({
            buttons: z
              .record(
                z.string(),
                z.object({ kind: text, service: text, priorityClass: text, counter: text }).catch({}),
              )
              .catch({}),
            outer: text,
            inner: text,
            outputs: list(text),
          })
          .catch(noSettings),
      })
      .catch({ transport: { kind: undefined, lines: {} }, settings: noSettings }),
  ),
  queue: z
    .object({
      services: list(z.object({ id: text, prefix: text }).catch({})),
      priorityClasses: list(z.object({ id: text }).catch({})),
      counters: list(
        z.object({ readPoint: text, services: list(text) }).catch({ readPoint: undefined, services: [] }),
      ),
      printers: list(z.object({ kiosk: text, device: text }).catch({})),
      displays: list(
        z.object({ device: text, counters: list(text) }).catch({ device: undefined, counters: [] }),
      ),
      shelves: list(z.object({ readPoint: text }).catch({})),
      crowds: list(
        z
          .object({ id: text, entrances: list(text), exits: list(text) })
          .catch({ id: undefined, entrances: [], exits: [] }),
      ),
    })
    .catch({
      services: [],
      priorityClasses: [],
      counters: [],
      printers: [],
      displays: [],
      shelves: [],
      crowds: [],
    }),
  returns: z
    .object({
      printers: list(z.object({ desk: text, device: text }).catch({})),
      directions: list(z.object({ readPoint: text }).catch({})),
    })
    .catch({ printers: [], directions: [] }),
  weighing: z
    .object({ printers: list(z.object({ terminal: text, device: text }).catch({})) })
    .catch({ printers: [] }),
  gateway: z
    .object({
      broker: z
        .object({ host: text, accounts: list(z.object({ agent: text }).catch({})) })
        .catch({ accounts: [] }),
      console: looseConsole.catch(noConsole),
    })
    .catch({ broker: { accounts: [] }, console: noConsole }),
  agent: z.object({ id: text }).catch({ id: undefined }),
  hq: z.object({ url: text, tls: z.unknown() }).catch({ tls: undefined }),
});
export type Loose = z.infer<typeof looseSchema>;
export type LooseDevice = Loose["devices"][number];
