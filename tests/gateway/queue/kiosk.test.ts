import { describe, expect, test } from "vitest";
import type { Observation } from "../../../protocols/readings.ts";
import { WaitingArea, words } from "./waiting-area.ts";

const fine = { kind: "printer", online: true, paper: "ok", cover: "closed", error: false } as const;
const seen = (area: WaitingArea, status: Partial<Extract<Observation, { kind: "printer" }>>) =>
  words(area.see("printer1", "kiosk", { ...fine, ...status }).events);

describe("a kiosk that cannot print", () => {
  test.each([
    ["paper-end", { paper: "end" }],
    ["cover-open", { cover: "open" }],
    ["printer-error", { online: false }],
    ["printer-error", { error: true }],
  ] as const)("because of %s says so once, and once when it can again", (reason, status) => {
    const area = new WaitingArea();
    expect(seen(area, {})).toEqual([]);
    expect(seen(area, status)).toEqual([`queue kiosk-cannot-print ${reason} false`]);
    expect(seen(area, status)).toEqual([]);
    expect(area.view.kiosks[0]?.trouble).toBe(reason);
    expect(seen(area, {})).toEqual([`queue kiosk-cannot-print ${reason} true`]);
    expect(area.view.kiosks[0]).not.toHaveProperty("trouble");
  });

  test("because its printer is gone says so, and an end of paper is no worry meanwhile", () => {
    const area = new WaitingArea();
    const health = (state: "absent" | "ready") =>
      words(
        area.see("printer1", "kiosk", { kind: "health", state, noiseBytes: 0, droppedReadings: 0 }).events,
      );
    expect(health("absent")).toEqual(["queue kiosk-cannot-print device-absent false"]);
    expect(health("absent")).toEqual([]);
    expect(health("ready")).toEqual(["queue kiosk-cannot-print device-absent true"]);
  });

  test("gives the number on its screen all the same, with what became of the print", () => {
    const area = new WaitingArea();
    seen(area, { paper: "end" });
    const pressed = area.see("kiosk1", "kiosk", { kind: "button", change: "pressed", button: "returns" });
    const ticket = String(pressed.events[0]?.subject);
    const shown = { ticket, number: "A-001", service: "returns", reading: pressed.events[0]?.reading };
    expect(area.view.kiosks[0]?.tickets).toMatchObject([{ ...shown, print: "printing" }]);
    const answer = { kind: "answer", outcome: "failed", fault: "paper-end" } as const;
    area.see("printer1", "kiosk", { ...answer, command: pressed.commands[0]?.id ?? "" });
    expect(area.view.kiosks[0]?.tickets).toMatchObject([{ ...shown, print: "failed" }]);
    expect(area.status(ticket)).toMatchObject({ state: "waiting", before: 0 });
  });

  test("shows the last four tickets", () => {
    const area = new WaitingArea();
    for (let count = 0; count < 6; count += 1) area.issue();
    expect(area.view.kiosks[0]?.tickets.map(({ number }) => number)).toEqual([
      "A-003",
      "A-004",
      "A-005",
      "A-006",
    ]);
  });
});

test("presses of strange devices are remembered for 32 of them", () => {
  const area = new WaitingArea();
  const issue = {
    kind: "action",
    action: { kind: "issue", service: "returns", priorityClass: "regular" },
  } as const;
  for (let count = 0; count < 40; count += 1) area.see(`page-${count}`, "kiosk", issue);
  const tally = area.documents.get("tally") as { readonly presses: object };
  expect(Object.keys(tally.presses)).toHaveLength(32);
});

test("a board can show the last sixteen calls", () => {
  const area = new WaitingArea();
  for (let count = 0; count < 20; count += 1) {
    area.issue();
    area.decide("counter-1", { kind: "call-next" });
  }
  expect(area.view.calls).toHaveLength(16);
  expect(area.view.calls[0]).toMatchObject({ call: 20, number: "A-020", counterName: "counter-1" });
});

test("a ticket with a page of its own carries its address as a QR code", () => {
  const area = new WaitingArea((site) => {
    if (site.queue !== undefined) site.queue.statusUrl = "https://queue.example/t/";
  });
  const { events, commands } = area.see("kiosk1", "kiosk", {
    kind: "button",
    change: "pressed",
    button: "advice",
  });
  const [command] = commands;
  const elements = command?.task.kind === "print" ? command.task.elements : [];
  expect(elements.find(({ kind }) => kind === "qr")).toMatchObject({
    content: `https://queue.example/t/${events[0]?.subject}`,
  });
});
