import type { EpcisDisposition } from "../../protocols/epcis/event.ts";
import { objectEvent } from "../../protocols/epcis/object-event.ts";
import { type CommandName, commandCodes } from "../../protocols/returns/command-codes.ts";
import type { Care } from "../../protocols/returns/deadlines.ts";
import type { RenamingStep, StepName } from "../../protocols/returns/steps.ts";
import { alert } from "./alerts.ts";
import { containerDone } from "./containers.ts";
import { takeNewIdentity } from "./new-identity.ts";
import { changePost, postStateOf } from "./post-state.ts";
import { caseOf, currentUri, keepCase } from "./return-case.ts";
import { serviceMs } from "./service-clock.ts";
import { extensionsOf, placeFacts, type Sight, type Step } from "./step-event.ts";
import { takeStep } from "./take-step.ts";
import type { Turn } from "./turn.ts";
import { undo } from "./undo.ts";
import { waitsAfter } from "./waits.ts";

/** What a command barcode does to the item that was seen last at its post. */
type Deed =
  | { readonly kind: "step"; readonly step: Step }
  | { readonly kind: "care"; readonly care: Care }
  | { readonly kind: "new-identity"; readonly name: RenamingStep }
  | { readonly kind: "hand-over" }
  | { readonly kind: "undo" }
  | { readonly kind: "done" };

/** Whatever is found once stays with the item until something else is: persistent dispositions exclude each other. */
const found = (grade: string, disposition: EpcisDisposition, isSound: boolean): Deed => ({
  kind: "step",
  step: {
    name: "graded",
    grade,
    disposition,
    persistent: isSound
      ? { set: ["conformant"], unset: ["non_conformant"] }
      : { set: ["non_conformant"], unset: ["conformant"] },
  },
});
const step = (name: StepName): Deed => ({ kind: "step", step: { name } });
const care = (name: Care): Deed => ({ kind: "care", care: name });

const deeds: Readonly<Record<CommandName, Deed>> = {
  "grade-a": found("A", "conformant", true),
  "grade-b": found("B", "conformant", true),
  "grade-c": found("C", "non_conformant", false),
  damaged: found("damaged", "damaged", false),
  expired: found("expired", "expired", false),
  recalled: found("recalled", "recalled", false),
  repair: step("repair-begun"),
  repaired: step("repaired"),
  refurbished: { kind: "new-identity", name: "refurbished" },
  store: step("stored"),
  restock: step("restocked"),
  sold: step("sold"),
  supplier: step("sent-to-supplier"),
  recycle: step("recycled"),
  destroy: step("destroyed"),
  lost: step("lost"),
  informed: care("informed"),
  answered: care("answered"),
  planned: care("planned"),
  progressed: care("progressed"),
  solved: care("solved"),
  "called-back": care("called-back"),
  "hand-over": { kind: "hand-over" },
  relabel: { kind: "new-identity", name: "relabelled" },
  undo: { kind: "undo" },
  done: { kind: "done" },
};

export function commanded(turn: Turn, sight: Sight, command: CommandName): void {
  const deed = deeds[command];
  const { post, at } = sight;
  if (deed.kind === "done") return containerDone(turn, post, sight);
  if (deed.kind === "undo") return undo(turn, sight);
  const { item } = postStateOf(turn, post);
  if (item === undefined || !turn.within(item.at, at, turn.rules.limits.commandJoinMs)) {
    alert(turn, sight, "return-command-idle", {
      detail: command,
      detailChinese: commandCodes[command].wordsChinese,
      command,
    });
    return;
  }
  // It may have got another identity elsewhere since.
  const uri = currentUri(turn, item.uri);
  // What follows is about the same item: grade, then customer, then the next.
  changePost(turn, post, { item: { ...item, uri, at } });
  if (deed.kind === "hand-over") changePost(turn, post, { handOver: { uri, at } });
  else if (deed.kind === "care") cared(turn, sight, uri, deed.care);
  else if (deed.kind === "new-identity") takeNewIdentity(turn, sight, uri, deed.name);
  else takeStep(turn, sight, uri, deed.step);
}

/** Something was done for the customer; CBV has no word for it, so the extension says it. */
function cared(turn: Turn, sight: Sight, uri: string, name: Care): void {
  const open = caseOf(turn, uri);
  const data = objectEvent({
    ...placeFacts(turn, sight),
    items: [{ uri, serialised: true }],
    extensions: { ...extensionsOf(turn, sight, open), "storewire:care": name },
  });
  turn.tell(sight, { type: "storewire.return.cared", subject: uri, data }, [uri]);
  if (open === undefined) return;
  const { deadlines } = turn.rules.limits;
  keepCase(turn, { ...open, waits: waitsAfter(open.waits, name, serviceMs(turn, sight.at), deadlines) });
}
