import { deviceFaults } from "./faults/device.ts";
import type { FaultEntry } from "./faults/fault-entry.ts";
import { gatewayFaults } from "./faults/gateway.ts";
import { queueFaults } from "./faults/queue.ts";
import { returnsFaults } from "./faults/returns.ts";
import { weighingFaults } from "./faults/weighing.ts";

/** All faults. A code once shipped is never given another meaning. */
export const faults = {
  ...deviceFaults,
  ...gatewayFaults,
  ...returnsFaults,
  ...queueFaults,
  ...weighingFaults,
} as const satisfies Record<string, FaultEntry>;
export type FaultCode = keyof typeof faults;

/** A fault as a value: which one, and what exactly happened this time. */
export interface Fault {
  readonly code: FaultCode;
  readonly detail: string;
}
