import { describe, expect, it } from "vitest";
import { type Evidence, prove, steps, type Verdict } from "../../../cli/devices/proof.ts";
import { deviceSchema } from "../../../protocols/config/devices.ts";
import type { DeviceReport } from "../../../protocols/door.ts";
import type { FaultCode } from "../../../protocols/faults.ts";
import type { Observation } from "../../../protocols/readings.ts";

const deviceOf = (driver: string) =>
  deviceSchema.parse({ id: "it", readPoint: "desk", driver, transport: { kind: "simulated", name: "it" } });
const scale = deviceOf("mt-sics");

const report = (more: Partial<DeviceReport> = {}): DeviceReport => ({
  device: "it",
  driver: "mt-sics",
  readPoint: "desk",
  transport: scale.transport,
  state: "ready",
  noiseBytes: 0,
  droppedReadings: 0,
  connections: 1,
  readings: 1,
  ...more,
});
const weight = (stable: boolean): Observation => ({ kind: "weight", value: "1.25", unit: "kg", stable });
const working: Evidence = {
  device: scale,
  agentRuns: false,
  node: "found",
  report: report(),
  worked: true,
  observed: [weight(false), weight(true)],
  noiseBytes: 0,
};

const words = (verdict: Verdict): string =>
  verdict.verdict === "failed" ? `${verdict.step} ${verdict.fault}` : `${verdict.step} ${verdict.verdict}`;
const failures = (evidence: Evidence): string[] =>
  prove(evidence)
    .filter(({ verdict }) => verdict === "failed")
    .map(words);
const notTried = (evidence: Evidence): string[] =>
  prove(evidence).flatMap(({ step, verdict }) => (verdict === "not-tried" ? [step] : []));

describe("the proof of a device", () => {
  it("passes every step of a device that works, and leaves out what it cannot have", () => {
    expect(prove(working).map(words)).toEqual(
      steps.filter((step) => step !== "prints").map((step) => `${step} passed`),
    );
    const scanner = { ...working, device: deviceOf("serial-scanner"), observed: [] };
    expect(prove(scanner).map(({ step }) => step)).not.toContain("steady");
  });

  it("stops at what is not configured, and tries nothing", () => {
    expect(failures({})).toEqual(["configured device-unknown"]);
    expect(notTried({})).toEqual(steps.filter((step) => !["configured", "steady", "prints"].includes(step)));
  });

  const neverWorked = (code: FaultCode, connections = 0): Evidence => ({
    device: scale,
    node: "found",
    report: report({ state: "faulted", fault: { code, detail: "so it was" }, connections }),
    worked: false,
  });

  it.each([
    ["device-absent", 0, "present"],
    ["gpio-unavailable", 0, "present"],
    ["hid-unavailable", 0, "present"],
    ["permission-denied", 0, "permitted"],
    ["port-in-use", 0, "free"],
    ["wrong-device", 0, "opens"],
    ["device-stuck", 0, "opens"],
    ["wrong-device", 1, "answers"],
    ["handshake-timeout", 1, "answers"],
    ["silent", 3, "answers"],
  ] as const)("finds %s after %s openings at its step: %s", (code, connections, step) => {
    const verdicts = prove(neverWorked(code, connections));
    expect(verdicts.find(({ verdict }) => verdict === "failed")).toEqual({
      step,
      verdict: "failed",
      fault: code,
      detail: "so it was",
    });
    const at = steps.indexOf(step);
    for (const { step: each, verdict } of verdicts) {
      if (steps.indexOf(each) < at) expect(verdict).toBe("passed");
      if (steps.indexOf(each) > at) expect(verdict).toBe("not-tried");
    }
  });

  it("takes a device that says nothing at all for one that does not answer", () => {
    expect(failures({ device: scale, worked: false })).toEqual(["answers handshake-timeout"]);
  });

  it("believes our own look at the node before the agent's, and the agent's where it has the device", () => {
    const node = { code: "permission-denied", detail: "EACCES" } as const;
    const evidence = { ...neverWorked("handshake-timeout", 1), node };
    expect(failures({ ...evidence, agentRuns: false })).toEqual(["permitted permission-denied"]);
    expect(failures({ ...evidence, agentRuns: true })).toEqual(["answers handshake-timeout"]);
    expect(failures({ ...working, node, agentRuns: true })).toEqual([]);
  });

  it("tells each trouble of a device that works by itself", () => {
    const overload = { code: "scale-overload", detail: "" } as const;
    const troubled = report({ state: "degraded", fault: overload });
    expect(failures({ ...working, report: troubled })).toEqual(["untroubled scale-overload"]);
    expect(failures({ ...working, observed: [] })).toEqual(["observes nothing-observed"]);
    expect(failures({ ...working, observed: [weight(false)] })).toEqual(["steady weight-unsteady"]);
    expect(failures({ ...working, noiseBytes: 64 })).toEqual([]);
    expect(failures({ ...working, noiseBytes: 65 })).toEqual(["clean noisy"]);
  });

  it("proves a printer by its ticket, where one was asked for", () => {
    const status = { kind: "printer", online: true, paper: "ok", cover: "closed", error: false } as const;
    const printer: Evidence = { ...working, device: deviceOf("escpos-printer"), observed: [status] };
    expect(prove(printer).map(({ step }) => step)).not.toContain("prints");
    expect(failures({ ...printer, ticket: "printed" })).toEqual([]);
    expect(failures({ ...printer, ticket: { code: "paper-end", detail: "failed" } })).toEqual([
      "prints paper-end",
    ]);
  });
});
