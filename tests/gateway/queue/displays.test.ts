import { describe, expect, test } from "vitest";
import { WaitingArea } from "./waiting-area.ts";

const led = (id: string) =>
  ({ id, readPoint: "desk", driver: "led-line", transport: { kind: "simulated", name: id } }) as const;

const areaWith = (...displays: readonly { device: string; counters?: string[]; text?: string }[]) =>
  new WaitingArea((site) => {
    site.devices = [...(site.devices ?? []), ...displays.map(({ device }) => led(device))];
    if (site.queue !== undefined) site.queue.displays = [...displays];
  });
const pressed = (area: WaitingArea, counter: string, button: string) => {
  area.atMs += 1_000;
  return area.see(`buttons-${counter}`, counter, { kind: "button", change: "pressed", button });
};
const shown = ({ commands }: ReturnType<typeof pressed>) =>
  commands.map(({ device, task }) => (task.kind === "show" ? `${device}: ${task.text}` : task.kind));

describe("a display", () => {
  test("without counters shows every call, one with counters theirs", () => {
    const area = areaWith(
      { device: "hall" },
      { device: "desk-2", counters: ["counter-2"], text: "{number}" },
    );
    area.issue();
    area.issue();
    expect(shown(pressed(area, "counter-1", "next"))).toEqual(["hall: A-001 -> counter-1"]);
    expect(shown(pressed(area, "counter-2", "next"))).toEqual(["hall: A-002 -> counter-2", "desk-2: A-002"]);
  });

  test("shows what its text says of number, counter and service, and leaves other braces alone", () => {
    const area = areaWith({ device: "hall", text: "请 {number} 到 {counter} {service} {lunch}" });
    area.issue();
    const service = area.view.services.find(({ id }) => id === "returns")?.nameChinese ?? "none";
    expect(shown(pressed(area, "counter-1", "next"))).toEqual([
      `hall: 请 A-001 到 counter-1 ${service} {lunch}`,
    ]);
  });

  test("is told a recall again, by a command of its own, and nothing at other presses", () => {
    const area = areaWith({ device: "hall" });
    area.issue();
    const called = pressed(area, "counter-1", "next");
    area.atMs += 1_000;
    const recalled = area.see("console", "counter-1", { kind: "action", action: { kind: "recall" } });
    expect(shown(recalled)).toEqual(shown(called));
    expect(recalled.commands[0]?.id).not.toBe(called.commands[0]?.id);
    expect(shown(pressed(area, "counter-1", "serve"))).toEqual([]);
    expect(shown(pressed(area, "counter-1", "finish"))).toEqual([]);
    expect(shown(pressed(area, "counter-1", "next"))).toEqual([]);
  });

  test("gets no more than a command takes, whatever the names are", () => {
    const area = new WaitingArea((site) => {
      site.devices = [...(site.devices ?? []), led("hall")];
      if (site.queue === undefined) return;
      site.queue.displays = [{ device: "hall", text: "{service}".repeat(4) }];
      for (const service of site.queue.services ?? []) service.nameChinese = "退".repeat(40);
    });
    area.issue();
    expect(shown(pressed(area, "counter-1", "next"))).toEqual([`hall: ${"退".repeat(128)}`]);
  });

  test("that answers is no ticket's printer", () => {
    const area = areaWith({ device: "hall" });
    area.issue();
    const command = pressed(area, "counter-1", "next").commands[0]?.id ?? "";
    for (const outcome of ["done", "failed", "in-doubt"] as const)
      expect(area.see("hall", "desk", { kind: "answer", command, outcome }).events).toEqual([]);
  });
});
