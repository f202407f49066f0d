import { emptyLedger, type LedgerName } from "../../hq/ledger.ts";
import { startReceiver } from "../../hq/receiver.ts";
import { type Watermark, watermarkSchema } from "../../protocols/events.ts";
import { seededRandom } from "../../protocols/random.ts";
import { uplinkTopics } from "../../protocols/topics.ts";
import { SimulatedConnection } from "../../simulators/network/simulated-connection.ts";
import type { SimulatedProcess } from "../../simulators/simulated-machine.ts";
import { openMqttLink } from "../mqtt-link.ts";
import { headquartersUrl } from "./site-plan.ts";
import type { World } from "./world.ts";

/** Headquarters' process, on a box of its own. */
export function addHeadquarters(world: World): void {
  world.addUnit("headquarters", world.headquartersBox, (process) => startHeadquarters(world, process));
}

/** `storewire hq receive` in a process of its own, on its simulated database. */
async function startHeadquarters(
  world: World,
  process: SimulatedProcess,
): Promise<{ close(): Promise<void> }> {
  const { emit } = world.options;
  const random = seededRandom(
    Math.floor(world.random(`headquarters ${world.time.nowMs}`).fraction() * 2 ** 32),
  );
  const link = openMqttLink({
    url: headquartersUrl,
    clientId: "storewire-headquarters",
    clock: process.clock,
    random,
    openConnection: (_address, will, _clock, listener) => {
      const connection = new SimulatedConnection({
        process,
        path: world.headquartersPath,
        acceptor: () => (world.broker.running ? world.broker : undefined),
        clientId: "storewire-headquarters",
        will,
        listener,
        onPublish: (topic, payload) => watchWatermark(world, topic, payload),
      });
      return connection;
    },
  });
  const receiver = await startReceiver({
    link,
    store: world.database.open(process),
    clock: process.clock,
    onNotice: ({ kind }) => {
      if (process.ended === undefined) emit({ kind: "logged", unit: "headquarters", level: 40, event: kind });
    },
  });
  return {
    async close() {
      await receiver.close();
      await link.close();
    },
  };
}

function watchWatermark(world: World, topic: string, payload: string | Uint8Array): void {
  const { site, gateway } = world.options.plan.gateway;
  const name = { site: site.id, gateway: gateway.id };
  if (topic !== uplinkTopics.acknowledgement(name) || typeof payload !== "string") return;
  const watermark = watermarkSchema.parse(JSON.parse(payload));
  const held = (stream: LedgerName["stream"]): string => {
    const ledger = { ...name, stream, epoch: watermark.epoch };
    return String((world.database.ledger(ledger) ?? emptyLedger(ledger)).contiguous);
  };
  const onDisk: Watermark = { epoch: watermark.epoch, sequence: held("evt"), telemetry: held("tel") };
  world.options.emit({ kind: "watermark", watermark, held: onDisk });
}
