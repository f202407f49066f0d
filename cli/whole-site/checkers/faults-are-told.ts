import type { SiteFaultKind } from "../../../simulators/fault-plan.ts";
import type { Checker, Fact } from "../facts.ts";

type FaultFact = Extract<Fact, { kind: "fault" }>;

interface Sign {
  /** What is logged or arrives at headquarters, `unit event` or the type of an event with its subject. */
  readonly said: RegExp;
  /** How long it may take from the fault's beginning. */
  readonly withinMs: number;
  /** Only where somebody could notice: the others are told by nobody because nothing happened to anybody. */
  readonly when?: (fault: FaultFact, world: Noticed) => boolean;
}

/** What is known of the moment at which a fault begins. */
interface Noticed {
  /** Whether the gateway was up and had a link at that moment. */
  readonly linked: boolean;
  /** Whether every process had been at work for a while. */
  readonly settled: boolean;
  readonly workingDevices: ReadonlySet<string>;
}

const silenceMsMax = 30_000;
const minuteMs = 60_000;
const linked = (_fault: FaultFact, { linked: isLinked }: Noticed): boolean => isLinked;
const lostLink: Sign = { said: /^gateway uplink-down/, withinMs: silenceMsMax, when: linked };

/**
 * How each kind of fault is told, as a log line or at headquarters. Those that are not here are told in other ways,
 * or make no difference that anybody could see: README.md says which and why.
 */
const signs: { readonly [Kind in SiteFaultKind]?: Sign } = {
  "uplink-reset": lostLink,
  "uplink-dark": lostLink,
  "broker-restart": lostLink,
  "device-unplugged": {
    said: /^\S+ device-health 40/,
    withinMs: minuteMs,
    when: ({ target }, { settled, workingDevices }) => settled && workingDevices.has(target),
  },
};

interface Awaited {
  readonly fault: FaultFact;
  readonly sign: Sign;
  readonly dueMs: number;
}

/** Every fault that somebody can notice is told by somebody, within a time. A process that ends takes its words along. */
export function faultsAreTold(): Checker {
  const listener = new Listener();
  return {
    name: "faults-are-told",
    see: (fact, atMs) => listener.see(fact, atMs),
    finish: () => undefined,
  };
}

class Listener {
  readonly #awaited = new Set<Awaited>();
  #linked = false;
  #working: ReadonlySet<string> = new Set();
  #lastEndMs = 0;
  /** What it was like before the present moment, and what was said in it: a fault may be told as it happens. */
  #momentMs = -1;
  #before: Noticed = { linked: false, settled: false, workingDevices: new Set() };
  #saidNow: { readonly words: string; readonly device: string | undefined }[] = [];

  see(fact: Fact, atMs: number): string | undefined {
    if (atMs !== this.#momentMs) this.#beginMoment(atMs);
    const late = [...this.#awaited].find(({ dueMs }) => dueMs < atMs);
    if (late !== undefined) return `nobody has told of ${late.fault.fault.kind} at ${late.fault.target}`;
    if (fact.kind === "logged") this.#log(fact);
    if (fact.kind === "ended") this.#end(atMs);
    if (fact.kind === "fault") this.#await(fact, atMs);
    return undefined;
  }

  #beginMoment(atMs: number): void {
    this.#momentMs = atMs;
    this.#saidNow = [];
    const settled = atMs - this.#lastEndMs > minuteMs;
    this.#before = { linked: this.#linked, settled, workingDevices: this.#working };
  }

  #log({ unit, event, level, device }: Extract<Fact, { kind: "logged" }>): void {
    if (event === "uplink-up") this.#linked = true;
    if (event === "uplink-down") this.#linked = false;
    if (device === undefined || event !== "device-health") return this.#hear(`${unit} ${event}`, undefined);
    const others = [...this.#working].filter((other) => other !== device);
    this.#working = new Set(level > infoLevel ? others : [...others, device]);
    this.#hear(`${unit} ${event} ${level}`, device);
  }

  #hear(words: string, device: string | undefined): void {
    this.#saidNow.push({ words, device });
    for (const each of this.#awaited) if (tells(each, words, device)) this.#awaited.delete(each);
  }

  #end(atMs: number): void {
    this.#lastEndMs = atMs;
    this.#linked = false;
    this.#working = new Set();
    this.#awaited.clear();
  }

  #await(fault: FaultFact, atMs: number): void {
    const sign = signs[fault.fault.kind];
    if (sign === undefined || sign.when?.(fault, this.#before) === false) return;
    const awaited = { fault, sign, dueMs: atMs + sign.withinMs };
    if (this.#saidNow.some(({ words, device }) => tells(awaited, words, device))) return;
    this.#awaited.add(awaited);
  }
}

/** Of pino. */
const infoLevel = 30;

const tells = ({ fault, sign }: Awaited, words: string, device: string | undefined): boolean =>
  (device === undefined || fault.target === device) && sign.said.test(words);
