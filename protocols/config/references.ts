import { stepOfRole } from "../returns/steps.ts";
import { consoleAgent } from "./console.ts";
import { transportsOfDriver } from "./devices.ts";
import { type Loose, type LooseDevice, looseSchema } from "./loose.ts";

/** Something that is well-formed and yet cannot be: a name that nothing bears, two devices on one port. */
export interface Contradiction {
  readonly path: readonly (string | number)[];
  readonly found: string;
  readonly allowed: string;
}

type Report = (path: (string | number)[], found: string, allowed: string) => void;

/** Everything that a whole configuration, valid or not, refers to and should not. */
export function checkReferences(configuration: unknown): readonly Contradiction[] {
  const parsed = looseSchema.safeParse(configuration);
  if (!parsed.success) return [];
  const errors: Contradiction[] = [];
  const report: Report = (path, found, allowed) => errors.push({ path, found, allowed });
  checkUnique(parsed.data, report);
  checkDevices(parsed.data, report);
  checkQueue(parsed.data, report);
  checkSensing(parsed.data, report);
  checkReturns(parsed.data, report);
  checkWeighing(parsed.data, report);
  checkBrokers(parsed.data, report);
  checkConsole(parsed.data, report);
  return errors;
}

function checkUnique({ readPoints, devices, queue, gateway }: Loose, report: Report): void {
  const sections: readonly [string[], readonly (string | undefined)[], string][] = [
    [["readPoints"], readPoints.map(({ id }) => id), "id"],
    [["devices"], devices.map(({ id }) => id), "id"],
    [["queue", "services"], queue.services.map(({ id }) => id), "id"],
    [["queue", "services"], queue.services.map(({ prefix }) => prefix), "prefix"],
    [["queue", "priorityClasses"], queue.priorityClasses.map(({ id }) => id), "id"],
    [["queue", "shelves"], queue.shelves.map(({ readPoint }) => readPoint), "readPoint"],
    [["queue", "crowds"], queue.crowds.map(({ id }) => id), "id"],
    [["queue", "counters"], queue.counters.map(({ readPoint }) => readPoint), "readPoint"],
    [
      ["gateway", "console", "accounts"],
      gateway.console.accounts.map(({ username }) => username),
      "username",
    ],
  ];
  for (const [section, names, key] of sections) {
    names.forEach((name, index) => {
      const first = names.indexOf(name);
      if (name === undefined || first === index) return;
      report(
        [...section, index, key],
        quoted(name),
        `another ${key}; ${section.join(".")}[${first}] has this one`,
      );
    });
  }
}

function checkDevices({ readPoints, devices, queue }: Loose, report: Report): void {
  const points = namesOf("read point", readPoints);
  const services = namesOf("service", queue.services);
  const classes = classesOf(queue);
  const counters = namesOf(
    "counter",
    queue.counters.map(({ readPoint }) => ({ id: readPoint })),
  );
  const ports = new Map<string, string>();
  devices.forEach((device, index) => {
    known(report, ["devices", index, "readPoint"], device.readPoint, points);
    checkTransport(device, index, report);
    const port = portOf(device);
    const holder = port === undefined ? undefined : ports.get(port);
    if (holder !== undefined) {
      report(["devices", index, "transport"], `the port of device ${quoted(holder)}`, "a port of its own");
    } else if (port !== undefined) ports.set(port, device.id ?? `devices[${index}]`);
    for (const [button, action] of Object.entries(device.settings.buttons)) {
      const path = ["devices", index, "settings", "buttons", button];
      known(report, [...path, "service"], action.service, services);
      known(report, [...path, "priorityClass"], action.priorityClass, classes);
      known(report, [...path, "counter"], action.counter, counters);
    }
    if (device.transport.kind === "gpio") checkLines(device, ["devices", index, "settings"], report);
  });
}

/** Every line that the settings name is one of the transport's, and of the right direction. */
function checkLines({ transport, settings }: LooseDevice, path: (string | number)[], report: Report): void {
  const { buttons, outer, inner, outputs } = settings;
  const wanted: readonly (readonly [readonly (string | number)[], string | undefined, "in" | "out"])[] = [
    ...Object.keys(buttons).map((button) => [["buttons", button], button, "in"] as const),
    [["outer"], outer, "in"],
    [["inner"], inner, "in"],
    ...outputs.map((output, place) => [["outputs", place], output, "out"] as const),
  ];
  for (const [place, line, direction] of wanted) {
    const lines = Object.keys(transport.lines).filter(
      (name) => (transport.lines[name]?.direction ?? "in") === direction,
    );
    if (line === undefined || lines.includes(line)) continue;
    const which = direction === "out" ? "transport.lines with direction out" : "transport.lines";
    report([...path, ...place], quoted(line), `a name of ${which}: ${lines.join(", ") || "none"}`);
  }
}

function checkTransport({ driver, transport }: LooseDevice, index: number, report: Report): void {
  const carried: Readonly<Record<string, readonly string[]>> = transportsOfDriver;
  const kinds = driver === undefined ? undefined : carried[driver];
  const { kind } = transport;
  if (kinds === undefined || kind === undefined || kind === "simulated" || kinds.includes(kind)) return;
  report(["devices", index, "transport", "kind"], quoted(kind), `${kinds.join(" or ")} for ${driver}`);
}

/** What two devices cannot share, as text; undefined where sharing is no fault or cannot be told. */
function portOf({ transport }: LooseDevice): string | undefined {
  const { kind, path, host, port, usb, name } = transport as Readonly<Record<string, unknown>>;
  if (kind === "tcp") return `${String(host)}:${String(port)}`;
  if (kind === "simulated") return `simulated ${String(name)}`;
  if (typeof path === "string") return path;
  return usb === undefined ? undefined : `usb ${JSON.stringify(usb)}`;
}

function checkQueue({ readPoints, devices, queue }: Loose, report: Report): void {
  const standing = (role: string) => pointsOf(readPoints, role);
  const offered = namesOf("service", queue.services);
  queue.counters.forEach(({ readPoint, services }, index) => {
    const path = ["queue", "counters", index];
    known(report, [...path, "readPoint"], readPoint, standing("counter"));
    services.forEach((service, place) => {
      known(report, [...path, "services", place], service, offered);
    });
  });
  const printers = printersOf(devices);
  queue.printers.forEach(({ kiosk, device }, index) => {
    known(report, ["queue", "printers", index, "kiosk"], kiosk, standing("kiosk"));
    known(report, ["queue", "printers", index, "device"], device, printers);
  });
  const displays = devicesOf("led-line", devices);
  const counters = namesOf(
    "counter",
    queue.counters.map(({ readPoint }) => ({ id: readPoint })),
  );
  queue.displays.forEach(({ device, counters: shown }, index) => {
    known(report, ["queue", "displays", index, "device"], device, displays);
    shown.forEach((counter, place) => {
      known(report, ["queue", "displays", index, "counters", place], counter, counters);
    });
  });
}

/** Where sensors see people: any read point will do. */
function checkSensing({ readPoints, queue }: Loose, report: Report): void {
  const points = namesOf("read point", readPoints);
  queue.shelves.forEach(({ readPoint }, index) => {
    known(report, ["queue", "shelves", index, "readPoint"], readPoint, points);
  });
  queue.crowds.forEach((crowd, index) => {
    for (const side of ["entrances", "exits"] as const) {
      crowd[side].forEach((readPoint, place) => {
        known(report, ["queue", "crowds", index, side, place], readPoint, points);
      });
    }
  });
}

const devicesOf = (wanted: string, devices: Loose["devices"]): Names =>
  namesOf(
    `device with driver ${wanted}`,
    devices.filter(({ driver }) => driver === wanted),
  );

const printersOf = (devices: Loose["devices"]): Names => devicesOf("escpos-printer", devices);

function checkReturns({ readPoints, devices, returns }: Loose, report: Report): void {
  const posts = namesOf(
    "read point that returned items come to",
    readPoints.filter(({ role }) => role !== undefined && role in stepOfRole),
  );
  returns.printers.forEach(({ desk, device }, index) => {
    known(report, ["returns", "printers", index, "desk"], desk, posts);
    known(report, ["returns", "printers", index, "device"], device, printersOf(devices));
  });
  returns.directions.forEach(({ readPoint }, index) => {
    known(
      report,
      ["returns", "directions", index, "readPoint"],
      readPoint,
      namesOf("read point", readPoints),
    );
  });
}

function checkWeighing({ readPoints, devices, weighing }: Loose, report: Report): void {
  weighing.printers.forEach(({ terminal, device }, index) => {
    known(report, ["weighing", "printers", index, "terminal"], terminal, pointsOf(readPoints, "weighing"));
    known(report, ["weighing", "printers", index, "device"], device, printersOf(devices));
  });
}

/** Hosts that nobody outside the box reaches. */
const loopback = /^(127\.|localhost$|::1$)/;

function checkBrokers({ gateway, hq }: Loose, report: Report): void {
  const { host, accounts } = gateway.broker;
  if (host !== undefined && !loopback.test(host) && accounts.length === 0) {
    report(
      ["gateway", "broker", "host"],
      quoted(host),
      "127.0.0.1 as long as gateway.broker.accounts is empty",
    );
  }
  if (hq.tls !== undefined && hq.url?.startsWith("mqtt:")) {
    report(["hq", "url"], quoted(hq.url), "mqtts://host:port, because hq.tls is given");
  }
}

/** Screens stand where their kind of thing is done, and pages speak under a name that nobody else bears. */
function checkConsole({ gateway, agent, devices, readPoints }: Loose, report: Report): void {
  const { enabled, host, accounts } = gateway.console;
  if (!enabled) return;
  const section = ["gateway", "console"];
  if (host !== undefined && !loopback.test(host) && accounts.length === 0)
    report([...section, "host"], quoted(host), "127.0.0.1 as long as gateway.console.accounts is empty");
  accounts.forEach(({ screen, readPoint }, index) => {
    const path = [...section, "accounts", index, "readPoint"];
    if (screen !== "kiosk" && screen !== "counter") return;
    if (readPoint === undefined) report(path, "nothing", `the read point of this ${screen}`);
    else known(report, path, readPoint, pointsOf(readPoints, screen));
  });
  const taken = `another name than ${consoleAgent}: pages bear this one`;
  const names: readonly [(string | number)[], string | undefined][] = [
    [["agent", "id"], agent.id],
    ...devices.map(({ id }, index): [(string | number)[], string | undefined] => [
      ["devices", index, "id"],
      id,
    ]),
    ...gateway.broker.accounts.map((account, index): [(string | number)[], string | undefined] => [
      ["gateway", "broker", "accounts", index, "agent"],
      account.agent,
    ]),
  ];
  for (const [path, name] of names) if (name === consoleAgent) report(path, quoted(name), taken);
}

const pointsOf = (readPoints: Loose["readPoints"], role: string): Names =>
  namesOf(
    `read point with role ${role}`,
    readPoints.filter((readPoint) => readPoint.role === role),
  );

/** The names that something may refer to, and what they name. */
interface Names {
  readonly what: string;
  readonly names: readonly string[];
}

const namesOf = (what: string, entries: readonly { readonly id?: string | undefined }[]): Names => ({
  what,
  names: entries.flatMap(({ id }) => (id === undefined ? [] : [id])),
});

/** `queue.priorityClasses` has a default of its own in the schema. */
const classesOf = ({ priorityClasses }: Loose["queue"]): Names =>
  priorityClasses.length === 0
    ? { what: "priority class", names: ["regular", "priority", "elderly", "pregnant", "disabled"] }
    : namesOf("priority class", priorityClasses);

function known(
  report: Report,
  path: (string | number)[],
  name: string | undefined,
  { what, names }: Names,
): void {
  if (name === undefined || names.includes(name)) return;
  report(path, quoted(name), names.length === 0 ? `a ${what}, and none is configured` : names.join(", "));
}

const quoted = (name: string): string => JSON.stringify(name);
