import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../cli/system.ts";
import { connectMsMax, tcpTransport } from "../../../drivers/transports/tcp.ts";
import { carryOnTcp } from "../../../simulators/carriers/on-tcp.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import { byteContract } from "./contract.ts";
import { probeDevice } from "./probe-device.ts";
import { recordingListener } from "./recording-listener.ts";

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
    const transport = tcpTransport({ kind: "tcp", host: "no-such-reader.invalid", port: 4001 }, { clock });
    expect(await transport.open(recordingListener())).toMatchObject({
      ok: false,
      fault: { code: "device-absent", detail: expect.stringContaining("no-such-reader.invalid") },
    });
  });

  test("a host that does not answer is given up after the connect timeout", async () => {
    // A full backlog of one makes the kernel ignore further connections, as a firewall would.
    const server = createServer();
    const manual = new ManualClock();
    await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0, backlog: 1 }, resolve));
    // 192.0.2.0/24 is reserved for documentation (RFC 5737) and never answers.
    const transport = tcpTransport({ kind: "tcp", host: "192.0.2.1", port: 4001 }, { clock: manual });
    const opening = transport.open(recordingListener());
    await manual.turn(connectMsMax);
    expect(await opening).toMatchObject({ ok: false, fault: { code: "device-absent" } });
    server.close();
  });
});
