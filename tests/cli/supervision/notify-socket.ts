import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { waitUntil } from "../../wait-until.ts";

/** Node has no datagram sockets of the Unix kind, so Python listens; each datagram becomes a line of JSON. */
const listener = `
import json, socket, sys
door = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
door.bind(sys.argv[1])
print("[]", flush=True)
while True:
    print(json.dumps(door.recv(65536).decode().split("\\n")), flush=True)
`;

/** Says aloud what is not tested where a program is missing. */
export function notifyToolsThere(): boolean {
  const missing = ["python3", "systemd-notify"].filter((tool) => spawnSync(tool, ["--version"]).status !== 0);
  if (missing.length > 0) console.warn(`skipped: systemd's notifications (no ${missing.join(", no ")} here)`);
  return missing.length === 0;
}

/** Stands where systemd would listen. */
export class NotifySocket {
  readonly path: string;
  /** Each with its lines; barriers, by which `systemd-notify` waits for us, are left out. */
  readonly heard: (readonly string[])[] = [];
  readonly #child: ChildProcess;

  private constructor(path: string, child: ChildProcess) {
    this.path = path;
    this.#child = child;
  }

  static async open(path: string): Promise<NotifySocket> {
    const child = spawn("python3", ["-c", listener, path], { stdio: ["ignore", "pipe", "inherit"] });
    const socket = new NotifySocket(path, child);
    let open = false;
    if (child.stdout === null) throw new Error("a piped child has a stdout");
    createInterface({ input: child.stdout }).on("line", (line) => {
      const lines = JSON.parse(line) as readonly string[];
      if (open && lines[0] !== "BARRIER=1") socket.heard.push(lines);
      open = true;
    });
    await waitUntil("the notify socket is open", () => open);
    return socket;
  }

  count(word: string): number {
    return this.heard.filter((lines) => lines.includes(word)).length;
  }

  close(): void {
    this.#child.kill("SIGKILL");
  }
}
