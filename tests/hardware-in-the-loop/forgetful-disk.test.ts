import { describe, expect, it } from "vitest";
import { seededRandom } from "../../protocols/random.ts";
import { ForgetfulDisk, sectorBytes } from "./forgetful-disk.ts";

const filled = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const disk = (options = {}): ForgetfulDisk => ForgetfulDisk.holding(filled(64 * 1024, 1), options);
/** Over two pages, and neither begins nor ends with one. */
const place = { offset: 3 * sectorBytes, length: 10 * sectorBytes };

describe("a disk that forgets", () => {
  it("reads what was written, flushed or not", () => {
    const one = disk();
    one.write(place.offset, filled(place.length, 2));
    expect(one.read(place.offset, place.length)).toEqual(filled(place.length, 2));
    expect(one.read(place.offset - 1, 2)).toEqual(Uint8Array.of(1, 2));
    expect(one.read(place.offset + place.length - 1, 2)).toEqual(Uint8Array.of(2, 1));
    expect(one.unflushedWrites).toBe(1);
    one.flush();
    expect(one.unflushedWrites).toBe(0);
    expect(one.read(place.offset, place.length)).toEqual(filled(place.length, 2));
  });

  it("keeps over a cut what a flush has followed, and of the rest what its memory says", () => {
    const one = disk();
    one.write(place.offset, filled(place.length, 2));
    one.flush();
    one.write(place.offset, filled(sectorBytes, 3));
    const firstBytes = (memory: "everything" | "nothing"): readonly number[] => [
      ...one.afterCut(memory, seededRandom(1)).read(place.offset + sectorBytes - 1, 2),
    ];
    expect(firstBytes("everything")).toEqual([3, 2]);
    expect(firstBytes("nothing")).toEqual([2, 2]);
  });

  it("is left as it is by being copied, and a copy goes its own way", () => {
    const one = disk();
    one.write(0, filled(sectorBytes, 2));
    const copy = one.afterCut("nothing", seededRandom(1));
    copy.write(0, filled(sectorBytes, 9));
    copy.flush();
    expect(one.read(0, 1)).toEqual(Uint8Array.of(2));
    expect(one.afterCut("nothing", seededRandom(1)).read(0, 1)).toEqual(Uint8Array.of(1));
    expect(one.afterCut("everything", seededRandom(1)).read(0, 1)).toEqual(Uint8Array.of(2));
  });

  it("with some memory keeps whole writes, loses others, and tears some between sectors, never within", () => {
    const one = disk();
    const writes = 16;
    const sectorsEach = 8;
    for (let index = 0; index < writes; index += 1) {
      one.write(index * sectorsEach * sectorBytes, filled(sectorsEach * sectorBytes, 2));
    }
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 20; seed += 1) {
      const left = one.afterCut("some", seededRandom(seed));
      for (let index = 0; index < writes; index += 1) {
        const sectors = Array.from({ length: sectorsEach }, (_, sector) =>
          left.read((index * sectorsEach + sector) * sectorBytes, sectorBytes),
        );
        for (const sector of sectors) expect(new Set(sector).size).toBe(1);
        const kept = sectors.filter(([byte]) => byte === 2).length;
        kinds.add(kept === 0 ? "lost" : kept === sectorsEach ? "whole" : "torn");
      }
    }
    expect([...kinds].toSorted()).toEqual(["lost", "torn", "whole"]);
  });

  it("may keep a later write without an earlier one, and never the older of two that were kept", () => {
    const one = disk();
    one.write(0, filled(sectorBytes, 2));
    one.write(8 * sectorBytes, filled(sectorBytes, 3));
    one.write(0, filled(sectorBytes, 4));
    const seen = new Set(
      Array.from({ length: 60 }, (_, seed) => {
        const left = one.afterCut("some", seededRandom(seed));
        return `${left.read(0, 1)[0]} ${left.read(8 * sectorBytes, 1)[0]}`;
      }),
    );
    expect([...seen].toSorted()).toEqual(["1 1", "1 3", "2 1", "2 3", "4 1", "4 3"]);
  });

  it("that lies says that it flushed and forgets it all", () => {
    const one = disk({ lies: true });
    one.write(0, filled(sectorBytes, 2));
    one.flush();
    expect(one.read(0, 1)).toEqual(Uint8Array.of(2));
    expect(one.afterCut("nothing", seededRandom(1)).read(0, 1)).toEqual(Uint8Array.of(1));
  });
});
