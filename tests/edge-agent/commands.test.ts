import { pino } from "pino";
import { describe, expect, it } from "vitest";
import {
  Commands,
  commandsBegunMax,
  commandsRememberedMax,
  subscribeCommands,
} from "../../edge-agent/commands.ts";
import { MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { doubtWrite } from "../../outbox/salvage-report.ts";
import type { DeviceCommand } from "../../protocols/commands.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { SimulatedBroker } from "../../simulators/network/simulated-broker.ts";

const log = pino({ level: "silent" });
const print = (id: string, device = "printer"): DeviceCommand => ({
  id,
  device,
  task: { kind: "print", elements: [{ kind: "cut" }] },
});

/** One start of the agent on a disk that outlives it. */
async function start(disk = new MemoryDisk("journal")) {
  const clock = new ManualClock();
  const journal = await openMemoryOutbox({ clock, disk });
  const given: string[] = [];
  const answers: string[] = [];
  const commands = new Commands({
    journal,
    log,
    deviceOf: (device) =>
      device === "printer"
        ? { place: { device, readPoint: "kiosk1" }, take: ({ id }) => given.push(id) }
        : undefined,
    emit: ({ device, readPoint }, { command, outcome, fault }) =>
      answers.push([device, readPoint, command, outcome, fault ?? "-"].join(" ")),
  });
  await commands.recover();
  return { clock, disk, journal, given, answers, commands };
}

describe("commands", () => {
  it("are on disk before the device gets them, and answered once they are answered on disk", async () => {
    const { journal, given, answers, commands } = await start();
    commands.take(print("c1"));
    expect(given).toEqual([]);
    await commands.settled();
    expect(given).toEqual(["c1"]);
    const begun = await journal.documents("command");
    expect(JSON.parse(begun.get("c1") ?? "")).toEqual({ number: 1, device: "printer", readPoint: "kiosk1" });
    commands.answered({ kind: "answer", command: "c1", outcome: "done" });
    expect(answers).toEqual([]);
    await commands.settled();
    expect(answers).toEqual(["printer kiosk1 c1 done -"]);
    const ended = await journal.documents("command");
    expect(JSON.parse(ended.get("c1") ?? "")).toMatchObject({ outcome: "done" });
  });

  it("that come again are not begun again: the answer is repeated, or waited for", async () => {
    const { given, answers, commands } = await start();
    commands.take(print("c1"));
    commands.take(print("c1"));
    await commands.settled();
    commands.take(print("c1"));
    await commands.settled();
    expect([given, answers]).toEqual([["c1"], []]);
    commands.answered({ kind: "answer", command: "c1", outcome: "failed", fault: "paper-end" });
    commands.answered({ kind: "answer", command: "c1", outcome: "done" });
    await commands.settled();
    commands.take(print("c1"));
    expect(answers).toEqual(Array(2).fill("printer kiosk1 c1 failed paper-end"));
    expect(given).toEqual(["c1"]);
  });

  it("are answered the same after a new start", async () => {
    const first = await start();
    first.commands.take(print("c1"));
    await first.commands.settled();
    first.commands.answered({ kind: "answer", command: "c1", outcome: "done" });
    await first.commands.settled();

    const second = await start(first.disk);
    expect(second.answers).toEqual([]);
    second.commands.take(print("c1"));
    await second.commands.settled();
    expect([second.given, second.answers]).toEqual([[], ["printer kiosk1 c1 done -"]]);
  });

  it("that were begun when the process died are in doubt, said once, and never begun again", async () => {
    const first = await start();
    for (const id of ["c1", "c2"]) first.commands.take(print(id));
    await first.commands.settled();
    expect(first.given).toEqual(["c1", "c2"]);

    const second = await start(first.disk);
    expect(second.answers).toEqual([
      "printer kiosk1 c1 in-doubt command-interrupted",
      "printer kiosk1 c2 in-doubt command-interrupted",
    ]);
    const third = await start(first.disk);
    expect(third.answers).toEqual([]);
    third.commands.take(print("c2"));
    await third.commands.settled();
    expect([third.given, third.answers]).toEqual([[], ["printer kiosk1 c2 in-doubt command-interrupted"]]);
  });

  it("that could not be written down are not begun, and are when they come again", async () => {
    const { clock, disk, given, commands } = await start();
    disk.failNextWrite = new Error("disk full");
    commands.take(print("c1"));
    await commands.settled();
    expect(given).toEqual([]);
    await clock.turn(1_000);
    commands.take(print("c1"));
    await commands.settled();
    expect(given).toEqual(["c1"]);
  });

  it("whose answer could not be written down are answered all the same", async () => {
    const { disk, answers, commands } = await start();
    commands.take(print("c1"));
    await commands.settled();
    disk.failNextWrite = new Error("disk full");
    commands.answered({ kind: "answer", command: "c1", outcome: "done" });
    await commands.settled();
    expect(answers).toEqual(["printer kiosk1 c1 done -"]);
  });

  it("for a device that is not here fail, once and for all", async () => {
    const first = await start();
    first.commands.take(print("c1", "nobody"));
    await first.commands.settled();
    const second = await start(first.disk);
    second.commands.take(print("c1", "nobody"));
    expect([first.given, first.answers, second.answers]).toEqual([
      [],
      ["nobody unknown c1 failed device-absent"],
      ["nobody unknown c1 failed device-absent"],
    ]);
  });

  it("that nobody gave are not answered", async () => {
    const { answers, commands, journal } = await start();
    commands.answered({ kind: "answer", command: "c9", outcome: "done" });
    await commands.settled();
    expect([answers, await journal.documents("command")]).toEqual([[], new Map()]);
  });

  it("are bounded: those on their way, and those that are remembered", async () => {
    const { given, commands, journal } = await start();
    for (let index = 0; index <= commandsBegunMax; index += 1) commands.take(print(`c${index}`));
    await commands.settled();
    expect(given).toHaveLength(commandsBegunMax);
    // The first stays without an answer; it is never forgotten.
    for (let index = 1; index < commandsBegunMax; index += 1)
      commands.answered({ kind: "answer", command: `c${index}`, outcome: "done" });
    for (let index = 0; index < commandsRememberedMax; index += 1) {
      commands.take(print(`d${index}`));
      await commands.settled();
      commands.answered({ kind: "answer", command: `d${index}`, outcome: "done" });
      await commands.settled();
    }
    const pages = await journal.documents("command");
    expect(pages.size).toBe(commandsRememberedMax);
    expect([pages.has("c0"), pages.has("c1"), pages.has("d1999")]).toEqual([true, false, true]);
  });

  it("survive an unreadable page of the journal", async () => {
    const first = await start();
    await first.journal.commit({ documents: [{ collection: "command", key: "bad", value: "{" }] });
    const second = await start(first.disk);
    second.commands.take(print("c1"));
    await second.commands.settled();
    expect(second.given).toEqual(["c1"]);
  });

  it("are taken no more after closing", async () => {
    const { given, commands } = await start();
    await commands.close();
    commands.take(print("c1"));
    await commands.settled();
    expect(given).toEqual([]);
  });
});

describe("commands over the store broker", () => {
  it("made before a part of the journal was lost are in doubt, newer ones are done", async () => {
    const before = "019a0000-0000-7000-8000-000000000001";
    const after = "019a0000-0001-7000-8000-000000000002";
    const disk = new MemoryDisk("journal");
    const journal = await openMemoryOutbox({ clock: new ManualClock(), disk });
    await journal.commit({ documents: [doubtWrite(0x019a00000000)] });
    const { given, answers, commands } = await start(disk);
    for (const id of [before, "by-hand", after]) commands.take(print(id));
    await commands.settled();
    expect(given).toEqual([after]);
    expect(answers).toEqual([
      `printer kiosk1 ${before} in-doubt journal-damaged`,
      "printer kiosk1 by-hand in-doubt journal-damaged",
    ]);
    commands.take(print(before));
    expect(answers).toHaveLength(3);
  });

  it("reach the agent that they are for; what is no command is ignored", async () => {
    const broker = new SimulatedBroker();
    const taken: DeviceCommand[] = [];
    await subscribeCommands(broker.connect(), "agent1", { take: (command) => taken.push(command) }, log);
    const gateway = broker.connect();
    await gateway.publish("local/v1/agent1/cmd/print", JSON.stringify(print("c1")));
    await gateway.publish("local/v1/agent2/cmd/print", JSON.stringify(print("c2")));
    await gateway.publish("local/v1/agent1/cmd/print", "{");
    await gateway.publish("local/v1/agent1/cmd/print", new Uint8Array([0xff, 0xfe]));
    await gateway.publish("local/v1/agent1/cmd/print", JSON.stringify({ ...print("c3"), task: "dance" }));
    expect(taken).toEqual([print("c1")]);
  });
});
