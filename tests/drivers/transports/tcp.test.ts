import { spawn } from "node:child_process";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../cli/system.ts";
import { connectMsMax, tcpTransport } from "../../../drivers/transports/tcp.ts";
import { carryOnTcp } from "../../../simulators/carriers/on-tcp.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import { byteContract } from "./contract.ts";
import { probeDevice } from "./probe-device.ts";
import { recordingListener } from "./recording-listener.ts";
import { waitUntil } from "./wait-until.ts";

const clock = systemClock();

byteContract(
  "tcp over a loopback socket",
  async () => {
    const probe = probeDevice();
    const device = await carryOnTcp(probe.simulator, { clock });
    return {
      ...device,
      ...probe,
      transport: tcpTransport({ kind: "tcp", host: device.host, port: device.port }, { clock }),
      say: (bytes: Uint8Array) => device.stimulate({ kind: "say", bytes }),
    };
  },
  { bytes: { reports: false, features: false } },
);

describe("tcp", () => {
  test("a host name that does not exist is an absent device", async () => {
    // Longer than a label may be (RFC 1035), so that no name server is asked.
    const host = "x".repeat(64);
    const transport = tcpTransport({ kind: "tcp", host, port: 4001 }, { clock });
    expect(await transport.open(recordingListener())).toMatchObject({
      ok: false,
      fault: { code: "device-absent", detail: expect.stringContaining(host) },
    });
  });

  test("a host that does not answer is given up after the connect timeout, and not sooner", async () => {
    const deaf = await deafHost();
    const manual = new ManualClock();
    const transport = tcpTransport({ kind: "tcp", host: "127.0.0.1", port: deaf.port }, { clock: manual });
    let over = false;
    const opening = transport.open(recordingListener()).finally(() => {
      over = true;
    });
    await manual.turn(connectMsMax - 1);
    expect(over).toBe(false);
    await manual.turn(1);
    expect(await opening).toEqual({
      ok: false,
      fault: {
        code: "device-absent",
        detail: `127.0.0.1:${deaf.port} did not answer within ${connectMsMax} ms`,
      },
    });
    deaf.close();
  });
});

/** Listens, and then neither accepts nor refuses: its backlog is full, and the kernel ignores who comes. */
async function deafHost(): Promise<{ readonly port: number; close(): void }> {
  const script = `
    const server = require("net").createServer();
    server.listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => {
      require("fs").writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<number>((resolve) => {
    child.stdout.once("data", (said: Buffer) => resolve(Number(said.toString())));
  });
  const fillers = Array.from({ length: 4 }, () => connect(port, "127.0.0.1").on("error", () => {}));
  let connected = 0;
  for (const filler of fillers) filler.on("connect", () => void (connected += 1));
  await waitUntil("a full backlog", () => connected >= 2);
  return {
    port,
    close() {
      for (const filler of fillers) filler.destroy();
      child.kill("SIGKILL");
    },
  };
}
