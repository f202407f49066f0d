import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { lineDecoders, streamCodecs } from "../../../protocols/codecs.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { hex, vectorRows, vectorStreams, vectorsPresent } from "./vectors.ts";

const folder = fileURLToPath(new URL("../../../protocols/codecs/", import.meta.url));
const codecFiles = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.replace(/\.ts$/, ""));
/** Decoders of identifiers rather than of a device's bytes: they live in rooms of their own. */
const otherDecoders = ["epc", "gs1"];
/** Its rows are of two sources, and one names less of the same commands: what it leaves out is said all the same. */
const saysMore = ["mercury-ff"];
const strict = { relaxed: false };

describe("the catalog", () => {
  it("names every codec file, and nothing else", () => {
    expect(codecFiles.length).toBeGreaterThan(5);
    const ours = Object.keys(lineDecoders).filter((name) => !otherDecoders.includes(name));
    expect(ours.toSorted()).toEqual(codecFiles.toSorted());
  });

  it("calls each stream codec by its own name", () => {
    for (const [name, codec] of Object.entries(streamCodecs)) {
      expect(codec.name).toBe(name);
      expect(lineDecoders).toHaveProperty(name);
    }
  });

  it("has a test for each codec file", () => {
    const tests = readdirSync(fileURLToPath(new URL(".", import.meta.url)));
    for (const name of codecFiles) expect(tests).toContain(`${name}.test.ts`);
  });
});

describe.skipIf(!vectorsPresent)("the catalog against the vectors", () => {
  const protocols = [...new Set(vectorRows.map((row) => row.protocol))];
  const claimed = protocols.filter((protocol) => Object.hasOwn(lineDecoders, protocol));

  it("claims what the shop's own devices speak", () => {
    expect(claimed).toEqual(expect.arrayContaining(["r2000-a0", "mt-sics"]));
  });

  it.each(claimed)(
    "%s: every valid row says what the vectors say, every invalid one is refused",
    (protocol) => {
      // Rows without a direction are no frames.
      const rows = vectorRows.filter((row) => row.protocol === protocol && row.dir !== "-");
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        const result = lineDecoders[protocol]?.(hex(row.hex), strict);
        const expected = row.valid ? { ok: true, value: row.decoded } : { ok: false };
        expect({ id: row.id, ...JSON.parse(JSON.stringify(result)) }).toMatchObject({
          id: row.id,
          ...expected,
        });
        if (result?.ok && !saysMore.includes(protocol))
          expect(JSON.parse(JSON.stringify(result.value))).toEqual(row.decoded);
      }
    },
  );

  const codecs = Object.entries(streamCodecs).filter(([name]) => protocols.includes(name));
  it.each(codecs)("%s: what is decoded is encoded back to the same bytes", (protocol, codec) => {
    for (const row of vectorRows.filter((one) => one.protocol === protocol && one.valid && one.dir !== "-")) {
      const frame = codec.decode(hex(row.hex));
      expect([row.id, frame.ok && toHex(codec.encode(frame.value))]).toEqual([row.id, row.hex]);
    }
  });

  it("has all streams of the protocols that it claims", () => {
    for (const { protocol } of vectorStreams.filter((stream) => claimed.includes(stream.protocol))) {
      expect(streamCodecs).toHaveProperty(protocol);
    }
  });
});
