import { systemClock } from "../../../cli/system.ts";
import type { TransportKind } from "../../../protocols/config/transport.ts";
import { carryInProcess } from "../../../simulators/carriers/in-process.ts";
import { byteContract, lineContract } from "./contract.ts";
import { probeDevice } from "./probe-device.ts";

const clock = systemClock();

function byteTwin(kind?: TransportKind) {
  return () => {
    const probe = probeDevice();
    const device = carryInProcess(probe.simulator, { clock, ...(kind === undefined ? {} : { kind }) });
    const say = (bytes: Uint8Array) => device.stimulate({ kind: "say", bytes });
    return Promise.resolve({ ...device, ...probe, say });
  };
}

const stream = { bytes: { reports: false, features: false }, exclusive: true };
const reports = { bytes: { reports: true, features: true }, exclusive: true };
byteContract("the simulated twin of serial", byteTwin("serial"), stream);
byteContract("the simulated twin of tcp", byteTwin("tcp"), stream);
byteContract("the simulated twin of hid", byteTwin("hid"), reports);
byteContract("the simulated twin of no kind in particular", byteTwin(), { ...reports, lines: true });

lineContract("the simulated twin of gpio", () => {
  const probe = probeDevice();
  const device = carryInProcess(probe.simulator, { clock, kind: "gpio" });
  return Promise.resolve({
    ...device,
    press: (active: boolean) => device.stimulate({ kind: "move", line: "button", active }),
    lamp: () => device.lines.get("lamp"),
  });
});
