import type { DiskImage } from "../../../outbox/disk-image.ts";
import type { GroupWrite } from "../../../outbox/storage.ts";
import type { Checker } from "../facts.ts";

/** Sequences on a disk have no holes, and none is given out twice under one epoch. */
export function eachNumberOnce(): Checker {
  const lasts = new Map<string, number>();
  const names = new Map<string, string>();
  const key = (disk: string, stream: number): string => `${disk} ${stream}`;

  function restart(disk: string, { streams }: DiskImage): void {
    for (const [number, { rows, oldest, name }] of streams) {
      lasts.set(key(disk, number), oldest + rows.length - 1);
      names.set(key(disk, number), name);
    }
  }

  function follow(disk: string, { streams, entries }: GroupWrite): string | undefined {
    for (const { number, name } of streams) {
      lasts.set(key(disk, number), 0);
      names.set(key(disk, number), name);
    }
    for (const { stream, sequence, body } of entries) {
      const place = key(disk, stream);
      const expected = (lasts.get(place) ?? 0) + 1;
      if (sequence !== expected)
        return `${disk} wrote ${names.get(place)} ${sequence} where ${expected} was due`;
      if (names.get(place) !== "reading" && !body.includes(`"sequence":"${sequence}"`))
        return `${disk} wrote an event at ${sequence} that names another place`;
      lasts.set(place, sequence);
    }
    return undefined;
  }

  return {
    name: "each-number-once",
    see(fact) {
      if (fact.kind === "put-back" || fact.kind === "renumbered") restart(fact.disk, fact.image);
      return fact.kind === "written" ? follow(fact.disk, fact.group) : undefined;
    },
    finish: () => undefined,
  };
}
