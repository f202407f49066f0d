import { describe, expect, test } from "vitest";
import { lifeline } from "../../protocols/lifeline.ts";

function watched() {
  const told: string[] = [];
  const life = lifeline({
    bytes: (bytes) => void told.push(`bytes ${bytes.length}`),
    edge: (line, active) => void told.push(`edge ${line} ${active}`),
    closed: (fault) => void told.push(`closed ${fault.code}`),
  });
  return { told, life };
}
const lost = { code: "connection-lost", detail: "unplugged" } as const;

describe("lifeline", () => {
  test("everything is passed on until the end, and nothing after it", () => {
    const { told, life } = watched();
    life.bytes(Uint8Array.of(1, 2));
    life.edge("door", true);
    life.lose(lost);
    life.bytes(Uint8Array.of(3));
    life.edge("door", false);
    life.lose(lost);
    life.end();
    expect(told).toEqual(["bytes 2", "edge door true", "closed connection-lost"]);
    expect(life.ended).toBe(true);
  });

  test("our own end is not told", () => {
    const { told, life } = watched();
    life.end();
    life.lose(lost);
    expect(told).toEqual([]);
  });

  test("what is to be done at the end is done once, before the listener hears of it", () => {
    const { told, life } = watched();
    life.atEnd(() => void told.push("freed"));
    life.lose(lost);
    life.end();
    life.atEnd(() => void told.push("at once"));
    expect(told).toEqual(["freed", "closed connection-lost", "at once"]);
  });

  test("work keeps its outcome while the connection lasts", async () => {
    const { life } = watched();
    await expect(life.whileOpen(() => Promise.resolve())).resolves.toBeUndefined();
    await expect(life.whileOpen(() => Promise.reject(new Error("EIO")))).rejects.toThrow("EIO");
  });

  test("work that never ends is rejected with the connection, and not begun after it", async () => {
    const { life } = watched();
    const stuck = life.whileOpen(() => new Promise(() => {}));
    life.end();
    await expect(stuck).rejects.toThrow("the connection has ended");
    let begun = false;
    const late = life.whileOpen(async () => {
      begun = true;
    });
    await expect(late).rejects.toThrow("the connection has ended");
    expect(begun).toBe(false);
  });
});
