import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { initialArchive } from "./initial-archive.ts";
import { moduleFiles } from "./kernel-modules.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "storewire-modules-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("what the guest's kernel is given", () => {
  it("loads each module once, after what it says it needs, whatever the spelling", () => {
    mkdirSync(join(folder, "fs"));
    const modules = {
      "fs/ext4": "mbcache,jbd2,crc32c-x",
      "fs/jbd2": "",
      mbcache: "",
      crc32c_x: "mbcache",
      stray: "",
    };
    for (const [path, needs] of Object.entries(modules)) {
      writeFileSync(join(folder, `${path}.ko`), `\u007fELF\0license=GPL\0depends=${needs}\0name=x\0`);
    }
    expect(moduleFiles(folder, ["jbd2", "ext4"])).toEqual(
      ["fs/jbd2.ko", "mbcache.ko", "crc32c_x.ko", "fs/ext4.ko"].map((path) => join(folder, path)),
    );
    expect(() => moduleFiles(folder, ["virtio_blk"])).toThrow("no kernel module virtio_blk");
  });

  it("puts files into an archive of the kernel's form", () => {
    const archive = initialArchive([
      { path: "bin/", bytes: new Uint8Array() },
      { path: "bin/x", bytes: Buffer.from("hello") },
    ]);
    const text = Buffer.from(archive).toString("latin1");
    const [folderMode, programMode, length] = ["000041ed", "000081ed", "00000005"];
    expect(text.startsWith(`07070100000001${folderMode}`)).toBe(true);
    expect(archive.length % 4).toBe(0);
    const member = text.indexOf("070701", 6);
    expect(member % 4).toBe(0);
    expect(text.slice(member + 14, member + 22)).toBe(programMode);
    expect(text.slice(member + 54, member + 62)).toBe(length);
    expect(text.slice(member + 110, member + 116)).toBe("bin/x\0");
    expect(text.slice(member + 116, member + 124)).toBe("hello\0\0\0");
    expect(text).toContain("TRAILER!!!\0");
  });
});
