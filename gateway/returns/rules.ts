import type { Configuration } from "../../protocols/config/configuration.ts";
import type { ReadPointRole } from "../../protocols/config/read-point-roles.ts";
import type { ReturnsConfiguration } from "../../protocols/config/returns.ts";
import { digitalLinkUri } from "../../protocols/gs1/digital-link-uri.ts";
import { sglnUri } from "../../protocols/gs1/sgln-uri.ts";
import { type StepName, type StepRule, stepRules } from "../../protocols/returns/steps.ts";

/** A place where items are read. */
export interface Post {
  readonly id: string;
  readonly role: ReadPointRole;
  readonly readPoint: string;
  readonly bizLocation: string;
  /** Of the document that says what is going on there (post-state.ts). */
  readonly documentKey: string;
}

/** The configuration as the pages of this service ask for it. */
export interface ReturnsRules {
  readonly posts: ReadonlyMap<string, Post>;
  readonly site: Configuration["site"];
  readonly limits: ReturnsConfiguration;
  readonly steps: Readonly<Record<StepName, StepRule>>;
  readonly gramsOf: ReadonlyMap<string, number>;
  readonly printerOf: ReadonlyMap<string, string>;
  readonly directionOf: ReadonlyMap<string, ReturnsConfiguration["directions"][number]>;
  /** The retailer as a party. */
  readonly party: string;
}

export const partyUri = (gln: string): string => digitalLinkUri([["417", gln]]);
export const locationUri = (gln: string): string => digitalLinkUri([["414", gln]]);

export function returnsRules({ site, readPoints, returns }: Configuration): ReturnsRules {
  const place = (extension: string): string => sglnUri(site.gln, site.companyPrefixDigits, extension);
  const posts = readPoints.map(({ id, role, extension, locationExtension }): [string, Post] => [
    id,
    {
      id,
      role,
      readPoint: place(extension),
      bizLocation: place(locationExtension ?? extension),
      documentKey: `post/${id}`,
    },
  ]);
  return {
    posts: new Map(posts),
    site,
    limits: returns,
    steps: stepsWith(returns.follows),
    gramsOf: new Map(returns.products.map(({ gtin, grams }) => [gtin, grams])),
    printerOf: new Map(returns.printers.map(({ desk, device }) => [desk, device])),
    directionOf: new Map(returns.directions.map((direction) => [direction.readPoint, direction])),
    party: partyUri(returns.party ?? site.gln),
  };
}

function stepsWith(follows: ReturnsConfiguration["follows"]): ReturnsRules["steps"] {
  const steps: Record<StepName, StepRule> = { ...stepRules };
  for (const [name, after] of Object.entries(follows) as [StepName, StepRule["after"]][])
    steps[name] = { ...steps[name], after };
  return steps;
}
