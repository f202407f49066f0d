import { describe, expect, it } from "vitest";
import { codecNames, decodeLine, runDecode } from "../../cli/decode.ts";

describe("a line of storewire decode", () => {
  it("is answered with what the bytes say", () => {
    expect(decodeLine("r2000-a0", "a00501720109de")).toEqual({
      ok: true,
      decoded: { address: 1, command: 114, firmware: "1.9" },
    });
  });

  it("may have spaces and commas between the bytes, and capitals", () => {
    expect(decodeLine("r2000-a0", " A0,05 01,72, 01 09 DE\r")).toMatchObject({ ok: true });
  });

  it("is refused with a code and a reason", () => {
    expect(decodeLine("r2000-a0", "a00501720109df")).toEqual({
      ok: false,
      code: "checksum",
      error: "the bytes do not sum up to 0",
    });
    expect(decodeLine("r2000-a0", "a0050")).toMatchObject({ ok: false, code: "hex" });
    expect(decodeLine("r2000-a0", "")).toMatchObject({ ok: false, code: "empty" });
    expect(decodeLine("r2000-a0", "00".repeat(2_200_000))).toMatchObject({ ok: false, code: "length" });
  });

  it("lists the codecs when there is none of that name", () => {
    const answer = decodeLine("r2000", "00");
    expect(answer).toMatchObject({ ok: false, code: "unknown-codec" });
    for (const name of codecNames) expect(answer).toHaveProperty("error", expect.stringContaining(name));
    expect(decodeLine("constructor", "00")).toMatchObject({ ok: false, code: "unknown-codec" });
  });

  it("holds all reports of one message of a HID scanner", () => {
    const report = `020d5d4530${"36393031323334353637383932"}${"00".repeat(46)}`;
    expect(decodeLine("hid-scanner", report)).toMatchObject({
      ok: true,
      decoded: { aim: "]E0", symbology: "ean13", data: "6901234567892", reports: 1 },
    });
  });
});

describe("storewire decode -", () => {
  async function* lines(): AsyncGenerator<string> {
    yield* ["53205320202020203130302e303020670d0a", "", "zz"];
  }

  it("answers each line with one line of JSON", async () => {
    const written: string[] = [];
    await runDecode("mt-sics", lines(), (line) => written.push(line));
    expect(written).toHaveLength(3);
    expect(JSON.parse(written[0] ?? "")).toEqual({
      ok: true,
      decoded: { value: "100.00", unit: "g", stable: true },
    });
    expect(written.slice(1).map((line) => JSON.parse(line))).toMatchObject([
      { ok: false, code: "empty" },
      { ok: false, code: "hex" },
    ]);
  });
});
