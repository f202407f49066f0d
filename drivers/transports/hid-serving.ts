import type { HidBackend } from "./hid-service.ts";
import { HidService } from "./hid-service.ts";

/** Puts a service on this process's channel to the agent, and ends the process with that channel. */
export function serveHid(backend: HidBackend): void {
  const service = new HidService(backend, (saying) => process.send?.(saying));
  process.on("message", (message) => service.hear(message));
  process.on("disconnect", () => process.exit(0));
  // A Ctrl-C, or systemd's stop, reaches the whole group; the agent closes its devices first and then us.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => {});
}
