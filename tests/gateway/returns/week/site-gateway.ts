import type { Logger } from "pino";
import { envelopes } from "../../../../gateway/envelope.ts";
import { Intake } from "../../../../gateway/intake.ts";
import { agentsOf, nameOf } from "../../../../gateway/names.ts";
import { caseOf } from "../../../../gateway/returns/return-case.ts";
import { returnsCollection } from "../../../../gateway/returns/returns-service.ts";
import { storeServices } from "../../../../gateway/services.ts";
import type { Outbox } from "../../../../outbox/outbox.ts";
import type { Clock } from "../../../../protocols/clock.ts";
import type { Configuration } from "../../../../protocols/config/configuration.ts";
import type { Random } from "../../../../protocols/random.ts";
import { type SiteKnowledge, startMs } from "./week-words.ts";

/** One start of a site's box, in the week's time. */
export interface Box {
  readonly boot: string;
  readonly bootMs: number;
}

/** A commit point with every store service, as the gateway has it, in the week's time. */
export function openSiteGateway(options: {
  readonly configuration: Configuration;
  readonly outbox: Outbox;
  readonly box: Box;
  readonly nowMs: () => number;
  readonly random: Random;
  readonly log: Logger;
  readonly committed: () => void;
}): Promise<Intake> {
  const { configuration, outbox, box, random } = options;
  const clock = weekClock(box, options.nowMs);
  const { boot } = box;
  return Intake.open({
    ...options,
    agents: agentsOf(configuration),
    services: storeServices(configuration),
    envelope: envelopes({ name: nameOf(configuration), epoch: outbox.epoch, clock, random, boot }),
    clock,
    boot,
    holdMsMax: 0,
  });
}

function weekClock({ bootMs }: Box, nowMs: () => number): Clock {
  return {
    wallMs: () => startMs + nowMs(),
    monotonicMs: () => nowMs() - bootMs,
    quality: () => "synced",
    // A moment passes by itself; nobody waits for more than that here.
    after(delayMs, task) {
      if (delayMs > 0) return () => undefined;
      const moment = setImmediate(task);
      return () => clearImmediate(moment);
    },
  };
}

export function knowledgeOf(gateway: Intake, items: readonly string[]): SiteKnowledge {
  const documents = gateway.documents(returnsCollection);
  const states = items.map((item) => {
    const open = caseOf(documents, item);
    return open === undefined || open.ended === true ? "closed" : open.step;
  });
  return { states, documents: documents.size };
}
