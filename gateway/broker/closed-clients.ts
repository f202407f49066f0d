import type { Aedes, Client } from "aedes";

/**
 * aedes enters a client that left while the one before it under its identifier was being shown out, and would
 * keep it for ever. To be called at its event `client`, which comes in the same breath.
 */
export function forgetClosed(aedes: Aedes, client: Client): void {
  if (client.closed) (aedes as Aedes & { unregisterClient(client: Client): void }).unregisterClient(client);
}
