import type { DiskImage } from "../../outbox/disk-image.ts";
import { localTopics, uplinkTopics } from "../../protocols/topics.ts";
import type { SiteFault, SiteFaultKind } from "../../simulators/fault-plan.ts";
import { lineFault, lineFaultNames } from "../../simulators/line-faults.ts";
import type { SimulatedMachine } from "../../simulators/simulated-machine.ts";
import type { Unit } from "./unit.ts";
import type { World, WorldDisk } from "./world.ts";

/** Does it, and says to whom; what it changed for a while it undoes by itself, or the calm at the end does. */
type Deed = (world: World, fault: SiteFault) => string;

const pick = <Choice>(choices: readonly Choice[], draw: number): Choice => {
  const chosen = choices[Math.floor(draw * choices.length)];
  if (chosen === undefined) throw new Error("there is nothing to choose from");
  return chosen;
};
/** A second draw from the same one, for whoever needs two. */
const again = (draw: number): number => (draw * 1_000) % 1;

const storeUnits = ({ units }: World): readonly Unit[] =>
  [...units.values()].filter(({ name }) => name !== "headquarters");
const after = ({ time }: World, delayMs: number, run: () => void): void => void time.after(delayMs, run);
const encoder = new TextEncoder();

function onUnit(deed: (unit: Unit, fault: SiteFault) => void): Deed {
  return (world, fault) => {
    const unit = pick(storeUnits(world), fault.draw);
    deed(unit, fault);
    return unit.name;
  };
}

function onDisk(begin: (disk: WorldDisk) => void, finish: (disk: WorldDisk) => void): Deed {
  return (world, fault) => {
    const disk = pick([...world.disks.values()], fault.draw);
    begin(disk);
    after(world, fault.lastsMs, () => finish(disk));
    return disk.name.disk;
  };
}

function onMachine(deed: (machine: SimulatedMachine, fault: SiteFault, world: World) => void): Deed {
  return (world, fault) => {
    const machine = pick(world.machines, fault.draw);
    deed(machine, fault, world);
    return machine.name;
  };
}

type Switch = "forgetting" | "repeating" | "reordering" | "breaking";
const onBroker =
  (mood: Switch): Deed =>
  (world, { lastsMs }) => {
    world.brokerConditions[mood] = true;
    after(world, lastsMs, () => {
      world.brokerConditions[mood] = false;
    });
    return "broker";
  };
const onHeadquarters =
  (mood: "slow" | "failing"): Deed =>
  (world, { lastsMs }) => {
    world.headquartersConditions[mood] = true;
    after(world, lastsMs, () => {
      world.headquartersConditions[mood] = false;
    });
    return "headquarters";
  };

/** Where a clock without a battery stands after a boot. */
const withoutBatteryMs = Date.UTC(2000, 0, 1);
/** A kill at an effect comes within so many of them. */
const effectsMax = 300;
const jumpsMs = [-86_400_000, -3_600_000, -5_000, -200, 300, 7_000, 3_600_000, 2 * 86_400_000] as const;

const deeds: { readonly [Kind in SiteFaultKind]: Deed } = {
  kill: onUnit((unit) => unit.kill()),
  "kill-at-effect": onUnit((unit, { draw }) =>
    unit.process?.killAtEffect(1 + Math.floor(again(draw) * effectsMax)),
  ),
  "ordered-restart": onUnit((unit) => void unit.stopInOrder()),
  "power-cut": onMachine((machine, _fault, world) => cutPower(machine, world)),
  "power-cut-without-clock": onMachine((machine, { lastsMs }, world) => {
    const offsetMs = machine.wallOffsetMs;
    cutPower(machine, world);
    machine.wallOffsetMs = withoutBatteryMs - world.time.nowMs;
    machine.clockQuality = "estimated";
    after(world, lastsMs, () => setClock(machine, offsetMs));
  }),
  "disk-slow": onDisk(
    ({ conditions }) => (conditions.slow = true),
    ({ conditions }) => (conditions.slow = false),
  ),
  "disk-fails": onDisk(
    ({ conditions }) => (conditions.failing = true),
    ({ conditions }) => (conditions.failing = false),
  ),
  "disk-full": onDisk(
    ({ conditions }) => (conditions.full = true),
    ({ conditions }) => (conditions.full = false),
  ),
  "disk-unreadable": onDisk(
    ({ conditions }) => (conditions.unreadable = true),
    ({ conditions }) => (conditions.unreadable = false),
  ),
  "write-failed-yet-found": onDisk(
    ({ conditions }) => (conditions.failNextYetFound = true),
    ({ conditions }) => (conditions.failNextYetFound = false),
  ),
  "old-image": (world, { draw, lastsMs }) => {
    const disk = pick([...world.disks.values()], draw);
    const image = disk.disk.copy();
    after(world, lastsMs, () => putBack(world, disk, image));
    return disk.name.disk;
  },
  "clock-jump": onMachine((machine, { draw }) => {
    machine.wallOffsetMs += pick(jumpsMs, again(draw));
  }),
  "clock-lost": onMachine((machine, { lastsMs, draw }, world) => {
    const offsetMs = machine.wallOffsetMs;
    machine.clockQuality = "estimated";
    machine.wallOffsetMs += pick(jumpsMs, again(draw));
    after(world, lastsMs, () => setClock(machine, offsetMs));
  }),
  "uplink-reset": (world) => {
    world.uplinkPath.reset("the simulated network broke");
    return "uplink";
  },
  "uplink-dark": (world, { lastsMs }) => {
    world.uplinkPath.goDark();
    after(world, lastsMs, () => world.uplinkPath.comeBack());
    return "uplink";
  },
  "uplink-stall": (world, { lastsMs }) => {
    world.uplinkPath.stalledUntilMs = world.time.nowMs + lastsMs;
    return "uplink";
  },
  "local-reset": (world) => {
    world.localPath.reset("the simulated network broke");
    return "local";
  },
  "broker-restart": (world, { lastsMs, draw }) => {
    world.broker.stop({ forget: draw < 0.5 });
    after(world, lastsMs, () => world.broker.start());
    return draw < 0.5 ? "broker, with all its memory" : "broker";
  },
  "broker-forgets": onBroker("forgetting"),
  "broker-repeats": onBroker("repeating"),
  "broker-reorders": onBroker("reordering"),
  "broker-breaks-before-puback": onBroker("breaking"),
  "headquarters-killed": (world, { lastsMs }) => {
    holdBack(world, world.units.get("headquarters"), lastsMs);
    return "headquarters";
  },
  "headquarters-slow": onHeadquarters("slow"),
  "headquarters-disk-fails": onHeadquarters("failing"),
  "headquarters-restored": (world, { lastsMs }) => {
    const backup = world.database.copy();
    after(world, lastsMs, () => {
      world.units.get("headquarters")?.kill();
      world.database.putBack(backup);
      world.options.emit({ kind: "headquarters-put-back", events: backup.events });
    });
    return "headquarters";
  },
  "poison-upwards": (world, { draw }) => {
    const topic = uplinkTopics.batch(gatewayName(world), "return");
    world.broker.say({ topic, payload: poison(draw), retain: false });
    return "headquarters";
  },
  "poison-downwards": (world, { draw }) => {
    const name = gatewayName(world);
    const topic = draw < 0.5 ? uplinkTopics.acknowledgement(name) : uplinkTopics.resend(name);
    world.broker.say({ topic, payload: poison(draw), retain: false });
    return "gateway";
  },
  "poison-in-store": (world, { draw }) => {
    const topic = draw < 0.5 ? localTopics.reading("agent1") : "somebody/elses/topic";
    world.storeBroker?.poison(topic, poison(draw)).catch(() => undefined);
    return world.storeBroker === undefined ? "nobody" : "gateway";
  },
  "device-unplugged": (world, { draw, lastsMs }) => {
    const [id, device] = pick([...world.devices], draw);
    void device.unplug();
    after(world, lastsMs, () => void device.replug());
    return id;
  },
  "line-fault": (world, { draw, lastsMs }) => {
    const [id, device] = pick([...world.devices], draw);
    device.stimulate(lineFault(pick(lineFaultNames, again(draw)), { ms: lastsMs }));
    return id;
  },
};

export function carryOut(world: World, fault: SiteFault): void {
  const target = deeds[fault.kind](world, fault);
  world.options.emit({ kind: "fault", fault, target });
}

/** Whatever is wrong with the surroundings is put right; what is broken inside must mend itself. */
export function calmDown(world: World): void {
  for (const { conditions } of world.disks.values()) conditions.heal();
  for (const machine of world.machines) setClock(machine, world.headquartersBox.wallOffsetMs);
  world.brokerConditions.heal();
  world.broker.start();
  world.headquartersConditions.heal();
  world.uplinkPath.comeBack();
  world.uplinkPath.stalledUntilMs = 0;
  for (const device of world.devices.values()) {
    void device.replug();
    for (const name of lineFaultNames) device.stimulate(lineFault(name, { ms: 0 }));
  }
  for (const unit of world.units.values()) {
    unit.process?.killAtEffect(Number.POSITIVE_INFINITY);
    unit.letStart();
  }
}

function cutPower(machine: SimulatedMachine, world: World): void {
  machine.cutPower();
  for (const { disk, unit } of world.disks.values())
    if (world.units.get(unit)?.machine === machine) disk.powerCut();
}

function setClock(machine: SimulatedMachine, offsetMs: number): void {
  machine.wallOffsetMs = offsetMs;
  machine.clockQuality = "synced";
}

/** The card is taken out, its old image written on it, and put in again. */
function putBack(world: World, { name, disk, unit }: WorldDisk, image: DiskImage): void {
  world.units.get(unit)?.kill();
  disk.putBack(image);
  world.options.emit({ kind: "put-back", ...name, image: disk.copy() });
}

function holdBack(world: World, unit: Unit | undefined, lastsMs: number): void {
  if (unit === undefined) return;
  unit.heldBack = true;
  unit.kill();
  after(world, lastsMs, () => unit.letStart());
}

const gatewayName = ({ options }: World) => {
  const { site, gateway } = options.plan.gateway;
  return { site: site.id, gateway: gateway.id };
};

const poisons = [
  "",
  "[",
  "null",
  "{}",
  "[{}]",
  '{"epoch":"another","sequence":"9"}',
  '[{"id":1,"epoch":{},"sequence":-1}]',
  "\u0000\u0001",
];
const poison = (draw: number): Uint8Array => encoder.encode(pick(poisons, again(draw)));
