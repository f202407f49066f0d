import type { Configuration } from "../protocols/config/configuration.ts";
import { cardService } from "./card/card-service.ts";
import { commandService } from "./commands.ts";
import { deadLetterService } from "./dead-letters.ts";
import { deviceService } from "./devices/device-service.ts";
import { queueService } from "./queue/queue-service.ts";
import { returnsService } from "./returns/returns-service.ts";
import type { StoreService } from "./service.ts";
import { weighingService } from "./weighing/weighing-service.ts";

/**
 * Every store service. A reading is shown to each in this order: devices first, so that a command that
 * it causes finds its way; commands last of those that read answers, so that each sees the answer.
 */
export function storeServices(configuration: Configuration): readonly StoreService[] {
  return [
    deviceService(configuration),
    returnsService(configuration),
    queueService(configuration),
    weighingService(configuration),
    commandService,
    deadLetterService(configuration.limits.deadLettersMax),
    cardService(configuration.limits.card),
  ];
}
