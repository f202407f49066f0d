import type { ScenarioInput } from "../scenario/scenario-schema.ts";
import { everythingGoesWrong } from "./everything-goes-wrong.ts";
import { ordinaryMorning } from "./ordinary-morning.ts";

/** The scenarios that come with Storewire, by name. */
export const shippedScenarios: readonly ScenarioInput[] = [ordinaryMorning, everythingGoesWrong];
