import { hash } from "node:crypto";
import type { Configuration } from "../../protocols/config/configuration.ts";
import { hashEventsWith } from "../../protocols/epcis/event-hash.ts";
import { type ItemIdentity, identityOfScan, identityOfTag } from "../../protocols/gs1/item-identity.ts";
import { isLoad } from "../../protocols/gs1/measure.ts";
import type { Observation, Reading } from "../../protocols/readings.ts";
import { readCommandCode } from "../../protocols/returns/command-codes.ts";
import {
  type Documents,
  nothing,
  type ServiceInput,
  type StepContext,
  type StoreService,
} from "../service.ts";
import { appeared, classAppeared, endedUnfollowed } from "./appearance.ts";
import { badgeScanned, endHandOver } from "./badges.ts";
import { endUnpacking } from "./containers.ts";
import { continueCase } from "./continuing.ts";
import { classScanned, endWaits, receiptOf, receiptScanned } from "./desk.ts";
import { endCrossings, isDoor, passed, tagAtDoor } from "./doors.ts";
import { tellDue } from "./due.ts";
import { historyCollection } from "./item-history.ts";
import { commanded } from "./orders-at-post.ts";
import { caseAge } from "./return-case.ts";
import { type Post, type ReturnsRules, returnsRules } from "./rules.ts";
import type { Sight } from "./step-event.ts";
import { takesPart } from "./taking-part.ts";
import { Turn } from "./turn.ts";
import { unreadable } from "./unreadable.ts";
import { weighed } from "./weights.ts";

export const returnsCollection = "returns";

/** Follows returned items from the desk to wherever they end. */
export function returnsService(configuration: Configuration): StoreService {
  hashEventsWith((text) => hash("sha256", text));
  const rules = returnsRules(configuration);
  const posts = [...rules.posts.values()].filter(takesPart);
  return {
    name: returnsCollection,
    archiveName: historyCollection,
    ageOf: caseAge,
    step(documents, input, context) {
      const turn = turnOf(rules, documents, input, context);
      if (turn === undefined) return nothing;
      if (input.kind === "reading") reading(turn, input.reading);
      else if (input.kind === "tick") tick(turn, posts);
      else if (input.kind === "cases-continued") for (const told of input.cases) continueCase(turn, told);
      return turn.outcome();
    },
  };
}

/** Most inputs are none of ours, and nothing is made for them. */
function turnOf(
  rules: ReturnsRules,
  documents: Documents,
  input: ServiceInput,
  context: StepContext,
): Turn | undefined {
  if (input.kind === "reading") {
    const post = rules.posts.get(input.reading.readPoint);
    if (post === undefined || !takesPart(post)) return undefined;
  } else if (input.kind !== "tick" && input.kind !== "cases-continued") return undefined;
  return new Turn(rules, documents, context);
}

function reading(turn: Turn, { readPoint, device, at, id, observation }: Reading): void {
  const post = turn.rules.posts.get(readPoint);
  if (post === undefined) return;
  const sight: Sight = { device, at, reading: id, post };
  const { kind } = observation;
  if (kind === "tag") return tag(turn, sight, observation);
  if (kind === "passage") return isDoor(post) ? passed(turn, sight, observation.direction) : undefined;
  if (kind !== "scan" && kind !== "weight") return;
  endOverdue(turn, post, sight);
  if (kind === "scan") scan(turn, sight, observation);
  else if (observation.stable && isLoad(observation.value)) weighed(turn, sight, observation);
}

function tag(turn: Turn, sight: Sight, observation: Extract<Observation, { kind: "tag" }>): void {
  if (isDoor(sight.post)) return tagAtDoor(turn, sight, observation);
  if (observation.change !== "arrived" && observation.change !== "present") return;
  if (observation.change === "arrived") endOverdue(turn, sight.post, sight);
  const item = identityOfTag(observation.epcHex);
  if (item.ok) seen(turn, sight, item.value, observation.change === "present");
  else if (observation.change === "arrived") unreadable(turn, sight, observation, item.error);
}

function scan(turn: Turn, sight: Sight, observation: Extract<Observation, { kind: "scan" }>): void {
  const order = readCommandCode(observation.text);
  if (order?.kind === "command") return commanded(turn, sight, order.command);
  if (order?.kind === "badge") return badgeScanned(turn, sight, order.clerk);
  const receipt = receiptOf(turn, observation.text);
  if (receipt !== undefined) return receiptScanned(turn, sight, receipt);
  const item = itemOf(observation);
  if (!item.ok) return unreadable(turn, sight, observation, item.error);
  const { uri } = item.value;
  if (isDocument(uri)) receiptScanned(turn, sight, uri);
  // Scanned, not read in passing: a tag may lie where it does not end.
  else if (!endedUnfollowed(turn, sight, item.value)) seen(turn, sight, item.value, false);
}

/** Labels of earlier versions bear a plain Code 128 that says in words what it is. */
function itemOf({ text, aim }: Extract<Observation, { kind: "scan" }>) {
  const isOldLabel = aim === "]C0" && text.startsWith("(8004)");
  return identityOfScan(aim === undefined || isOldLabel ? { text } : { aim, text });
}

/** A GDTI names a document, not goods. */
const isDocument = (uri: string): boolean => uri.startsWith("https://id.gs1.org/253/");

function seen(turn: Turn, sight: Sight, item: ItemIdentity, isPresent: boolean): void {
  if (item.serialised) return appeared(turn, sight, item, isPresent);
  if (isPresent) return;
  if (sight.post.role === "returns-desk") classScanned(turn, sight, item);
  else classAppeared(turn, sight, item);
}

function tick(turn: Turn, posts: readonly Post[]): void {
  const cause = { device: returnsCollection, at: turn.context.now };
  for (const post of posts) endOverdue(turn, post, cause);
  tellDue(turn, cause);
}

/** What nobody waits for any longer at a post. */
function endOverdue(turn: Turn, post: Post, cause: Pick<Sight, "device" | "at">): void {
  endWaits(turn, post, cause.at);
  endHandOver(turn, post, { device: returnsCollection, at: cause.at });
  endUnpacking(turn, post, { device: returnsCollection, at: cause.at });
  endCrossings(turn, post, { device: returnsCollection, at: cause.at });
}
