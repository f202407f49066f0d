import type { Configuration } from "../protocols/config/configuration.ts";
import type { GatewayName } from "../protocols/topics.ts";

/** Agents that the configuration names: the one in this process, and those with an account. */
export const agentsOf = ({ agent, gateway }: Configuration): ReadonlySet<string> =>
  new Set([agent.id, ...gateway.broker.accounts.map((account) => account.agent)]);

export const nameOf = ({ site, gateway }: Configuration): GatewayName => ({
  site: site.id,
  gateway: gateway.id,
});
