import { longOf } from "../../protocols/codecs/llrp/find.ts";
import { impinjEnableExtensionsResponse } from "../../protocols/codecs/llrp/tables.ts";
import type { LlrpMessage } from "../../protocols/codecs/llrp.ts";
import { llrp } from "../../protocols/codecs/llrp.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Fault } from "../../protocols/faults.ts";
import type { Driver } from "../driver.ts";
import { run } from "../driver.ts";
import { Conversation } from "./parts/conversation.ts";
import type { LlrpAsking, LlrpHeard, LlrpMemory, LlrpName } from "./parts/llrp-asked.ts";
import { answerMs, asked, attemptFaults, farewellId, idOf } from "./parts/llrp-asked.ts";
import type { Capabilities } from "./parts/llrp-capabilities.ts";
import {
  antennaVerdicts,
  capabilitiesOf,
  identificationOf,
  noCapabilities,
} from "./parts/llrp-capabilities.ts";
import {
  bufferPlace,
  eventStatus,
  eventsOf,
  exceptionPlace,
  refusalOf,
  tagEffects,
  timeEffects,
  verdictsOf,
} from "./parts/llrp-reports.ts";
import {
  addRoSpec,
  bytesOf,
  closeConnection,
  enableEventsAndReports,
  enableImpinjExtensions,
  getCapabilities,
  getConfiguration,
  isConfigured,
  keepaliveAck,
  ofRoSpec,
  roSpecId,
  setConfiguration,
} from "./parts/llrp-requests.ts";
import type { Script } from "./parts/script.ts";

type Settings = SettingsOf<"llrp">;

/** Fixed readers of the vendor-neutral standard (Impinj, Zebra, Alien), over TCP. */
export const llrpReader: Driver<Settings> = {
  name: "llrp",
  transports: ["tcp"],
  start: (settings) => run(new LlrpSession(settings)),
};

/** The reader speaks first, as soon as it has taken the connection; or it is busy throwing out another client. */
const helloMs = 5_000;
/** Signs of life that may be missing before the session is given up. */
const keepalivesMissed = 2.5;
/** After the ROSpec ended, by whoever ended it. */
const restartMs = 1_000;

/*
 *   opened -> hello -> [extensions] -> capabilities -> configuration -> [settings]
 *             the reader's event                                            |
 *             .------- refused, or the ROSpec ended: a pause ---------.     v
 *             '-> delete -> add -> enable -> start -> reading, as long as signs of life come
 */
export class LlrpSession extends Conversation<LlrpMessage, LlrpMemory, LlrpName> {
  constructor(settings: Settings) {
    super(new LlrpScript(settings));
  }
}

class LlrpScript implements Script<LlrpMessage, LlrpMemory, LlrpName> {
  readonly codec = llrp;
  readonly memory = noCapabilities;
  readonly first = "hello";
  readonly resyncs = false;
  readonly questions: Script<LlrpMessage, LlrpMemory, LlrpName>["questions"];
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
    const { keepaliveMs, hold } = settings;
    this.questions = {
      hello: { ask: () => [], hear: (_, message) => this.#hearHello(message), waitMs: helloMs, repeats: 0 },
      extensions: this.#extensions(),
      capabilities: asked("capabilities", getCapabilities, (_, { parameters }) =>
        this.#hearCapabilities(capabilitiesOf(parameters, settings)),
      ),
      configuration: asked(
        "configuration",
        getConfiguration,
        (_, message) => this.#hearConfiguration(message),
        "delete",
      ),
      settings: asked(
        "settings",
        (id) => setConfiguration(id, settings),
        () => ({ next: "delete" }),
        "delete",
      ),
      ...roSpecLife(settings),
      reading: {
        // A reader that holds its reports for us lets them go now.
        ask: () => (hold ? [enableEventsAndReports(idOf("reading"))] : []),
        hear: () => undefined,
        waitMs: keepaliveMs * keepalivesMissed,
        repeats: 0,
      },
    };
  }

  farewell(): Uint8Array {
    return closeConnection(farewellId);
  }

  overhear(memory: LlrpMemory, message: LlrpMessage, asking: LlrpName | undefined): LlrpHeard | undefined {
    const next = asking === "reading" ? "more" : "aside";
    switch (message.name) {
      case "KEEPALIVE":
        return {
          next,
          effects: [{ kind: "send", bytes: keepaliveAck(message.id) }],
          // What was wrong for a moment; had it gone on, it would have been said again.
          verdicts: [bufferPlace, exceptionPlace].map((place) => ({ place, fault: undefined })),
        };
      case "RO_ACCESS_REPORT":
        return {
          next,
          effects: longOf(message.parameters, "TagReportData").flatMap((tag) => tagEffects(tag, memory)),
        };
      case "READER_EVENT_NOTIFICATION":
        return this.#hearEvents(message, asking, next);
      default:
        return undefined;
    }
  }

  #hearEvents(
    message: LlrpMessage,
    asking: LlrpName | undefined,
    next: "more" | "aside",
  ): LlrpHeard | undefined {
    const events = eventsOf(message);
    if (asking === "hello" && eventStatus(events, "ConnectionAttemptEvent") !== undefined) return undefined;
    if (longOf(events, "ConnectionCloseEvent").length > 0)
      return { next, giveUp: { code: "connection-lost", detail: "the reader ended the session" } };
    const heard = {
      effects: timeEffects(events),
      verdicts: verdictsOf(events).filter((one) => this.#concerns(one)),
    };
    const ended = longOf(events, "ROSpecEvent").some(
      ({ fields }) => fields["ROSpecID"] === roSpecId && fields["EventType"] !== roSpecStarted,
    );
    return ended && asking === "reading"
      ? { ...heard, next: "delete", afterMs: restartMs }
      : { ...heard, next };
  }

  /** An antenna that nobody uses may be missing. */
  #concerns({ place }: { readonly place: string }): boolean {
    const { antennas } = this.#settings;
    return (
      !place.startsWith("antenna ") || antennas.length === 0 || antennas.includes(Number(place.slice(8)))
    );
  }

  #hearHello(message: LlrpMessage): LlrpHeard | undefined {
    const events = message.name === "READER_EVENT_NOTIFICATION" ? eventsOf(message) : [];
    const status = eventStatus(events, "ConnectionAttemptEvent");
    if (status === undefined) return undefined;
    const next = this.#settings.extensions === "impinj" ? "extensions" : "capabilities";
    const fault = attemptFaults[status];
    return { next, effects: timeEffects(events), ...(fault === undefined ? {} : { giveUp: fault }) };
  }

  #extensions(): LlrpAsking {
    const id = idOf("extensions");
    return {
      ask: () => [bytesOf(enableImpinjExtensions(id))],
      hear: (_, message) => {
        const { name, fields } = message;
        const answers =
          name === "CUSTOM_MESSAGE" && fields["MessageSubtype"] === impinjEnableExtensionsResponse;
        if (!answers && name !== "ERROR_MESSAGE") return undefined;
        return {
          next: "capabilities",
          verdicts: [{ place: "extensions", fault: refusalOf("extensions", message) }],
        };
      },
      waitMs: answerMs,
      repeats: 0,
    };
  }

  #hearCapabilities(memory: Capabilities): LlrpHeard {
    const { lacks } = memory;
    const fault: Fault | undefined =
      lacks === undefined ? undefined : { code: "reader-error", detail: lacks };
    return { memory, next: "configuration", greets: true, verdicts: [{ place: "mode", fault }] };
  }

  #hearConfiguration({ parameters }: LlrpMessage): LlrpHeard {
    const { identification } = this.#settings;
    const found = identificationOf(parameters);
    if (identification !== undefined && found !== identification)
      return {
        next: "aside",
        giveUp: { code: "wrong-device", detail: `the reader ${found ?? "without a number"} answered` },
      };
    return {
      next: isConfigured(parameters, this.#settings) ? "delete" : "settings",
      verdicts: antennaVerdicts(parameters, this.#settings),
    };
  }
}

/** One ROSpec, given anew at each connection. */
const roSpecLife = (settings: Settings) => ({
  delete: asked(
    "delete",
    (id) => ofRoSpec("DELETE_ROSPEC", id, everyRoSpec),
    () => ({ next: "add" }),
    "delete",
  ),
  add: asked(
    "add",
    (id, memory) => addRoSpec(id, settings, memory),
    () => ({ next: "enable" }),
    "delete",
  ),
  enable: asked(
    "enable",
    (id) => ofRoSpec("ENABLE_ROSPEC", id, roSpecId),
    () => ({ next: "start" }),
    "delete",
  ),
  start: asked(
    "start",
    (id) => ofRoSpec("START_ROSPEC", id, roSpecId),
    () => ({ next: "reading" }),
    "delete",
  ),
});

const everyRoSpec = 0;
const roSpecStarted = 0;
