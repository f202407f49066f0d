import { acknowledgedIsOnDisk } from "./checkers/acknowledged-is-on-disk.ts";
import { calmCustomersAreServed } from "./checkers/calm-customers-are-served.ts";
import { comesToRest } from "./checkers/comes-to-rest.ts";
import { commandsAtMostOnce } from "./checkers/commands-at-most-once.ts";
import { eachNumberOnce } from "./checkers/each-number-once.ts";
import { faultsAreTold } from "./checkers/faults-are-told.ts";
import { gapsAreExplained } from "./checkers/gaps-are-explained.ts";
import { limitsKept } from "./checkers/limits-kept.ts";
import { nothingLost } from "./checkers/nothing-lost.ts";
import { nothingTwice } from "./checkers/nothing-twice.ts";
import { orderPerDevice } from "./checkers/order-per-device.ts";
import { readingsHaveConsequences } from "./checkers/readings-have-consequences.ts";
import { settledIsConfirmed } from "./checkers/settled-is-confirmed.ts";
import { spoolReachesGateway } from "./checkers/spool-reaches-gateway.ts";
import { watermarkIsOnDisk } from "./checkers/watermark-is-on-disk.ts";
import type { Checker } from "./facts.ts";
import type { SitePlan } from "./site-plan.ts";

/** Every promise that is watched while a site is simulated. */
export function allCheckers(plan: SitePlan): readonly Checker[] {
  return [
    acknowledgedIsOnDisk(),
    spoolReachesGateway(),
    readingsHaveConsequences(plan.gateway),
    eachNumberOnce(),
    orderPerDevice(),
    settledIsConfirmed(),
    nothingLost(),
    nothingTwice(),
    gapsAreExplained(),
    watermarkIsOnDisk(),
    commandsAtMostOnce(),
    faultsAreTold(),
    limitsKept(),
    comesToRest(),
    calmCustomersAreServed(),
  ];
}
