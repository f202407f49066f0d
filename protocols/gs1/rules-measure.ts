import type { AiRule } from "./ai-rule.ts";
import { fixed } from "./ai-rule.ts";
import { n } from "./component.ts";

/** Measures of trade items: net weight, dimensions, net volume. */
const ofTradeItems =
  "310 311 312 313 314 315 316 320 321 322 323 324 325 326 327 328 329 350 351 352 356 357 360 361 364 365 366";
/** Measures of logistic units: gross weight, dimensions, volume. */
const ofLogisticUnits =
  "330 331 332 333 334 335 336 340 341 342 343 344 345 346 347 348 349 353 354 355 362 363 367 368 369";

/** The fourth digit says how many of the six digits stand behind the decimal point. */
const measures = (families: string, requires: string): AiRule[] =>
  families
    .split(" ")
    .map((family) =>
      fixed(`${family}0-${family}5`, [n(6)], { requires: [requires], excludes: `${family}n` }),
    );

/** AIs 31 to 36. */
export const measureRules: readonly AiRule[] = [
  ...measures(ofTradeItems, "01,02"),
  ...measures(ofLogisticUnits, "00,01"),
  // Kilograms per square metre.
  ...measures("337", "01"),
];
