import type { GroupWrite, Storage } from "../../outbox/storage.ts";
import type { World } from "./world.ts";

/** A promise broken on purpose, from outside the production code, and the checker that has to notice. */
export interface PlantedBug {
  readonly name: string;
  readonly caughtBy: string;
  readonly plant: (world: World) => void;
}

/** What the disks' files are opened as. */
type Spoil = (storage: Storage) => Storage["write"];

function onDisks(owner: "gateway" | "agent", spoil: Spoil): PlantedBug["plant"] {
  return ({ disks }) => {
    for (const { name, disk } of disks.values()) {
      if (name.owner !== owner) continue;
      const open = disk.open.bind(disk);
      disk.open = (user, newEpoch) => {
        const opened = open(user, newEpoch);
        return { ...opened, storage: spoiled(opened.storage, spoil) };
      };
    }
  };
}

function spoiled(storage: Storage, spoil: Spoil): Storage {
  const write = spoil(storage);
  return new Proxy(storage, {
    get(target, property) {
      if (property === "write") return write;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const changed =
  (change: (group: GroupWrite) => GroupWrite): Spoil =>
  (storage) =>
  (group) =>
    storage.write(change(group));

/** Bugs that a seam can have; those that only the code itself can have were planted by hand (README.md). */
export const plantedBugs: readonly PlantedBug[] = [
  {
    name: "a disk that says written before it is",
    caughtBy: "acknowledged-is-on-disk",
    plant: onDisks("gateway", (storage) => (group) => {
      storage.write(group).catch(() => undefined);
      return Promise.resolve();
    }),
  },
  {
    name: "a disk that forgets the marks",
    caughtBy: "acknowledged-is-on-disk",
    plant: onDisks(
      "gateway",
      changed((group) => ({ ...group, marks: [] })),
    ),
  },
  {
    name: "a disk that settles one more than it was told",
    caughtBy: "settled-is-confirmed",
    plant: onDisks(
      "gateway",
      changed((group) => ({
        ...group,
        settles: group.settles.map(({ stream, through }) => ({ stream, through: through + 1 })),
      })),
    ),
  },
  {
    name: "a disk that loses the last event of a transaction",
    // Of a press it is the ticket.
    caughtBy: "readings-have-consequences",
    plant: onDisks(
      "gateway",
      changed((group) => ({ ...group, entries: group.entries.slice(0, -1) })),
    ),
  },
  {
    name: "a disk that loses the last event of what no reading caused",
    caughtBy: "each-number-once",
    plant: onDisks(
      "gateway",
      changed((group) =>
        group.marks.length > 0 ? group : { ...group, entries: group.entries.slice(0, -1) },
      ),
    ),
  },
  {
    name: "a spool that loses its first reading",
    caughtBy: "spool-reaches-gateway",
    plant: onDisks("agent", (storage) => {
      let first = true;
      return (group) => {
        const lost = first && group.entries.length > 0;
        if (lost) first = false;
        return storage.write(lost ? { ...group, entries: group.entries.slice(1) } : group);
      };
    }),
  },
  {
    name: "a database that says stored before it is",
    caughtBy: "watermark-is-on-disk",
    plant: ({ database }) => {
      const store = database.store.bind(database);
      database.store = (delivery, user) => {
        store(delivery, user).catch(() => undefined);
        return Promise.resolve({ stored: delivery.events.length, doubled: 0 });
      };
    },
  },
  {
    name: "a database that drops an event now and then",
    caughtBy: "nothing-lost",
    plant: ({ database }) => {
      const store = database.store.bind(database);
      database.store = (delivery, user) =>
        store({ ...delivery, events: delivery.events.filter(({ sequence }) => sequence % 17 !== 0) }, user);
    },
  },
  {
    name: "a broker that is never there again after its restart",
    caughtBy: "comes-to-rest",
    plant: ({ broker, time }) => {
      time.after(600_000, () => {
        broker.stop({ forget: true });
        broker.start = () => undefined;
      });
    },
  },
];
