import { readingsWaitingMax } from "../../edge-agent/delivery.ts";
import { commandsPendingMax } from "../../gateway/commands.ts";
import type { Fact } from "./facts.ts";
import type { Unit } from "./unit.ts";
import type { World, WorldDisk } from "./world.ts";

/** Tasks planned at one moment: some for each device, process and packet on its way. */
const tasksMax = 20_000;
const wiresMax = 64;

/** What has not arrived yet, in words. */
export function whatIsLeft(world: World): readonly string[] {
  return [...[...world.disks.values()].flatMap(leftOnDisk), ...[...world.units.values()].flatMap(leftIn)];
}

function leftOnDisk({ name, disk }: WorldDisk): readonly string[] {
  return disk
    .positions()
    .filter(({ last, settled }) => last > settled)
    .map(
      ({ name: stream, last, settled }) => `${name.disk} has settled ${stream} through ${settled} of ${last}`,
    );
}

function leftIn({ name, running }: Unit): readonly string[] {
  if (running === undefined) return [`${name} does not run`];
  const waiting = running.agent?.waiting() ?? 0;
  const pending = running.gateway?.status().pendingCommands ?? 0;
  return [
    ...(waiting > 0 ? [`${waiting} readings wait in ${name}`] : []),
    ...(pending > 0 ? [`${pending} commands wait for an answer`] : []),
  ];
}

/** Everything in the world that could grow, beside what it may be. */
export function measure(world: World): readonly Fact[] {
  const sizes: [string, number, number][] = [
    ["tasks planned", world.time.tasksWaiting, tasksMax],
    ["connections to HQ's broker", world.uplinkPath.openWires, wiresMax],
    ["connections within the store", world.localPath.openWires, wiresMax],
  ];
  for (const { name, running } of world.units.values()) {
    if (running?.agent !== undefined)
      sizes.push([`readings waiting in ${name}`, running.agent.waiting(), readingsWaitingMax]);
    if (running?.gateway === undefined) continue;
    const { limits, returns } = world.options.plan.gateway;
    const { pendingCommands, cases, positions } = running.gateway.status();
    sizes.push(
      ["pending commands", pendingCommands, commandsPendingMax],
      ["return cases", cases, returns.casesMax],
      ["dead letters", running.gateway.deadLetters().length, limits.deadLettersMax],
      ["events not confirmed", positions.evt.last - positions.evt.settled, limits.outbox.rowsMax],
      ["telemetry not confirmed", positions.tel.last - positions.tel.settled, limits.outbox.telemetryRowsMax],
    );
  }
  return sizes.map(([what, amount, most]) => ({ kind: "measured", what, amount, most }));
}
