import { defaultTransitRules, type TransitRules } from "../../hq/items/transit-rules.ts";
import { deadlineNames } from "../../protocols/returns/deadlines.ts";
import { UsageError } from "../usage-error.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What HQ watches while no site does: as the sites' configurations say where nothing else is asked for; 0 is never. */
export function transitRulesOf(options: {
  /** `NAME=MINUTES` each. */
  readonly deadline: readonly string[];
  /** Hours. */
  readonly notArrived?: number;
}): TransitRules {
  const { deadlines, notArrivedMs } = defaultTransitRules;
  const own = options.deadline.map((words) => {
    const [, given, minutes] = /^([a-z-]+)=(\d+(?:\.\d+)?)$/.exec(words) ?? [];
    const name = deadlineNames.find((each) => each === given);
    if (name === undefined)
      throw new UsageError(
        `"${words}" is no deadline: NAME=MINUTES, with one of ${deadlineNames.join(", ")}`,
      );
    return [name, Math.round(Number(minutes) * minuteMs)] as const;
  });
  return {
    deadlines: { ...deadlines, ...Object.fromEntries(own) },
    notArrivedMs: options.notArrived === undefined ? notArrivedMs : Math.round(options.notArrived * hourMs),
  };
}
