import { startGateway } from "../../gateway/gateway.ts";
import type { GatewayOptions } from "../../gateway/gateway-options.ts";
import { openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import { seededRandom } from "../../protocols/random.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { SimulatedBroker } from "../../simulators/network/simulated-broker.ts";
import { GatedOutbox } from "./gated-outbox.ts";
import { silentLog, storeConfiguration } from "./store.ts";

export interface GatewayStore {
  readonly configuration?: Configuration;
  readonly headquarters?: SimulatedBroker;
  readonly outbox?: GatedOutbox;
  readonly clock?: ManualClock;
  readonly options?: Partial<GatewayOptions>;
}

/** A gateway on a disk in memory, a clock that is turned by hand, and a simulated broker of HQ. */
export async function startStore(store: GatewayStore = {}) {
  const clock = store.clock ?? new ManualClock();
  const outbox = store.outbox ?? new GatedOutbox(await openMemoryOutbox({ clock }));
  const headquarters = store.headquarters ?? new SimulatedBroker();
  const gateway = await startGateway({
    configuration: store.configuration ?? storeConfiguration(),
    outbox,
    startReport: { file: "new" },
    clock,
    random: seededRandom(3),
    boot: "boot1",
    version: "0.1.0",
    makeUplinkLink: (will) => headquarters.connect(will),
    log: silentLog,
    ...store.options,
  });
  return { gateway, outbox, headquarters, clock, port: gateway.brokerPort ?? 0 };
}

export type RunningStore = Awaited<ReturnType<typeof startStore>>;
