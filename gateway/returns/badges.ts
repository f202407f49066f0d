import { alert } from "./alerts.ts";
import { changePost, postStateOf } from "./post-state.ts";
import { currentUri } from "./return-case.ts";
import type { Post } from "./rules.ts";
import type { Sight } from "./step-event.ts";
import { takeStep } from "./take-step.ts";
import type { Cause, Turn } from "./turn.ts";

/** A badge says who stands at the post; after HAND-OVER two of them sign: who gives, then who takes. */
export function badgeScanned(turn: Turn, sight: Sight, clerk: string): void {
  const { post, at } = sight;
  const { handOver } = postStateOf(turn, post);
  if (handOver === undefined) {
    changePost(turn, post, { clerk: { name: clerk, at } });
    return;
  }
  const { uri, giver } = handOver;
  if (giver === undefined) changePost(turn, post, { handOver: { ...handOver, giver: clerk } });
  else if (giver !== clerk) {
    changePost(turn, post, { handOver: undefined, clerk: { name: clerk, at } });
    takeStep(turn, sight, currentUri(turn, uri), { name: "handed-over", signed: { giver, taker: clerk } });
  }
}

/** A handing over that is not signed in time did not happen. */
export function endHandOver(turn: Turn, post: Post, cause: Cause): void {
  const { handOver } = postStateOf(turn, post);
  if (handOver === undefined || turn.within(handOver.at, cause.at, turn.rules.limits.commandJoinMs)) return;
  changePost(turn, post, { handOver: undefined });
  const { uri: item, giver } = handOver;
  const [detail, detailChinese] =
    giver === undefined
      ? ["no badge was scanned", "未扫描工牌"]
      : [`only ${giver} has signed`, `只有${giver}签名`];
  alert(turn, { ...cause, post }, "return-unsigned", { item, detail, detailChinese });
}
