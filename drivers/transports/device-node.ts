import { accessSync, constants, realpathSync, statSync } from "node:fs";
import type { Cancel, Clock } from "../../protocols/clock.ts";
import type { Fault } from "../../protocols/faults.ts";
import { openingFault } from "./system-errors.ts";

/** A character device as it stood there when we looked. */
export interface DeviceNode {
  /** Behind all links. */
  readonly path: string;
  /** Device, inode and number: a node that comes back after a replug differs in one of them. */
  readonly identity: string;
}

/** How often an open device's node is looked at: an unplugged device is noticed well within a second. */
export const nodeWatchMs = 250;

export type NodeFound =
  | { readonly ok: true; readonly node: DeviceNode }
  | { readonly ok: false; readonly fault: Fault };

/** Follows links such as /dev/serial/by-id/... and finds out by errno, not by wording, why it cannot be opened. */
export function findNode(path: string): NodeFound {
  try {
    const real = realpathSync(path);
    const identity = identityOf(real);
    if (identity === undefined)
      return { ok: false, fault: { code: "wrong-device", detail: `${path} is no character device` } };
    accessSync(real, constants.R_OK | constants.W_OK);
    return { ok: true, node: { path: real, identity } };
  } catch (error) {
    return { ok: false, fault: openingFault(error) };
  }
}

/** Looks at the node at fixed intervals and says once that it is gone or another one. */
export function watchNode(node: DeviceNode, clock: Clock, gone: () => void): Cancel {
  let cancel: Cancel;
  const look = (): void => {
    if (identityOf(node.path) === node.identity) cancel = clock.after(nodeWatchMs, look);
    else gone();
  };
  cancel = clock.after(nodeWatchMs, look);
  return () => cancel();
}

function identityOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isCharacterDevice() ? `${stat.dev}:${stat.ino}:${stat.rdev}` : undefined;
}
