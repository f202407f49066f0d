import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import type { configurationSchema } from "../protocols/config/configuration.ts";

type ConfigurationInput = z.input<typeof configurationSchema>;

export interface SiteOptions {
  /** Where databases and the configuration are put. */
  readonly directory: string;
  readonly headquartersUrl: string;
  readonly mqttVersion?: "3.1.1" | "5";
  readonly confirm?: "watermark" | "broker";
  readonly brokerPort?: number;
  /** The store broker as the agent reaches it; absent for `storewire run`. */
  readonly agentBrokerUrl?: string;
  readonly devices?: ConfigurationInput["devices"];
  readonly limits?: ConfigurationInput["limits"];
  readonly returns?: ConfigurationInput["returns"];
}

/** One small store: a desk, an inspection bench, a cage, a kiosk and two counters. */
export function siteConfiguration(options: SiteOptions): ConfigurationInput {
  const { directory, headquartersUrl, agentBrokerUrl, limits, returns } = options;
  return {
    site: { id: "store-0042", gln: "9521321000018", timeZone: "Europe/Berlin" },
    gateway: {
      id: "gw1",
      database: join(directory, "gateway.db"),
      broker: { port: options.brokerPort ?? 0 },
    },
    agent: {
      id: "agent1",
      database: join(directory, "agent.db"),
      ...(agentBrokerUrl === undefined ? {} : { brokerUrl: agentBrokerUrl }),
    },
    hq: {
      url: headquartersUrl,
      mqttVersion: options.mqttVersion ?? "5",
      confirm: options.confirm ?? "watermark",
    },
    readPoints: [
      { id: "desk", role: "returns-desk", extension: "DESK1" },
      { id: "bench", role: "inspection", extension: "INSPECT1" },
      { id: "cage", role: "returns-cage", extension: "CAGE1" },
      { id: "kiosk", role: "kiosk", extension: "KIOSK1" },
      { id: "counter-1", role: "counter", extension: "COUNTER1" },
      { id: "counter-2", role: "counter", extension: "COUNTER2" },
    ],
    devices: options.devices ?? [],
    queue: {
      services: [
        { id: "returns", prefix: "A", name: "Returns", nameChinese: "退货" },
        { id: "advice", prefix: "B", name: "Advice", nameChinese: "咨询" },
      ],
      counters: [
        { readPoint: "counter-1", services: ["returns", "advice"] },
        { readPoint: "counter-2", services: ["returns"] },
      ],
      printers: [],
      // Simulated fingers are as quick as they like.
      pressAgainMs: 0,
    },
    // Nobody sets the clock of the box that tests run on.
    limits: { clock: { holdMsMax: 0 }, ...limits },
    ...(returns === undefined ? {} : { returns }),
  };
}

/** Writes the site's configuration (JSON is YAML) and says where. */
export function writeSite(options: SiteOptions): string {
  const file = join(options.directory, "storewire.yaml");
  writeFileSync(file, JSON.stringify(siteConfiguration(options), undefined, 2));
  return file;
}
