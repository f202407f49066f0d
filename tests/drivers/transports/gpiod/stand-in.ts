import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type GpiodVersion = "1.6.3" | "2.1.3";

/** Executables that stand in for Debian's gpiod tools and print what that version prints; a chip of eight lines. */
export interface GpiodStandIn {
  readonly folder: string;
  readonly deviceFolder: string;
  /** Moves an input's pin; `unheard`: its edge gets lost on the way. */
  move(offset: number, high: boolean, unheard?: "unheard"): void;
  level(offset: number): boolean | undefined;
  /** Another program holds the line, or lets it go. */
  occupy(offset: number, busy: boolean): void;
  /** The name of the tool that holds the line. */
  holder(offset: number): string | undefined;
  /** How gpiomon was called, one call a line. */
  calls(tool: string): readonly string[];
  /** What gpiomon prints besides edges. */
  print(text: string): void;
  /** Another script in the place of a tool. */
  replace(tool: string, body: string): void;
  plug(present: boolean): void;
  remove(): void;
}

/** Options first, then the chip and what is to be done with it, as each version wants them. */
const arguments_ = {
  "1.6.3": `
    while [ "\${1#-}" != "$1" ]; do
      case "$1" in -b) shift ;; *) [ "$1" = -m ] && mode="$2"; shift 2 ;; esac
    done
    shift`,
  "2.1.3": `
    while [ "\${1#-}" != "$1" ]; do
      case "$1" in --numeric) shift ;; -i) mode=wait; shift ;; -t) mode=exit; shift 2 ;; *) shift 2 ;; esac
    done`,
} as const satisfies Record<GpiodVersion, string>;

const words = {
  "1.6.3": {
    get: "error reading GPIO values",
    watch: "error waiting for events",
    set: "error setting the GPIO line values",
    falling: 0,
    consumer: '"$tool"   input  active-high [used]',
    free: "unused   input  active-high",
  },
  "2.1.3": {
    get: "unable to request lines",
    watch: "unable to request lines",
    set: "unable to request lines",
    falling: 2,
    consumer: 'input consumer="$tool"',
    free: "input",
  },
} as const satisfies Record<GpiodVersion, object>;

export function gpiodStandIn(version: GpiodVersion): GpiodStandIn {
  const folder = mkdtempSync(join(tmpdir(), "gpiod-"));
  const deviceFolder = join(folder, "dev");
  const at = (...parts: readonly string[]): string => join(folder, ...parts);
  for (const each of ["dev", "held", "level", "calls"]) mkdirSync(at(each));
  writeFileSync(at("events"), "");
  for (let offset = 0; offset < 8; offset += 1) writeFileSync(at("level", String(offset)), "1");
  const { get, watch, set, falling, consumer, free } = words[version];
  const script = (tool: string, body: string): void => {
    const head = `#!/bin/sh\ncd ${folder}\necho "$*" >> calls/${tool}\nmode=none\n`;
    writeFileSync(at(tool), head + body);
    chmodSync(at(tool), 0o755);
  };
  const chip = `[ -e dev/gpiochip0 ] || { echo "no such chip" >&2; exit 1; }`;
  const refuse = (tool: string, why: string): string =>
    `for each; do [ -e held/\${each%%=*} ] && { echo "${tool}: ${why}: Device or resource busy" >&2; exit 1; }; done`;
  script(
    "gpiodetect",
    `[ "$1" = --version ] && { echo "gpiodetect (libgpiod) v${version}"; exit 0; }
     [ -e dev/gpiochip0 ] && echo "gpiochip0 [bench] (8 lines)"; exit 0`,
  );
  script(
    "gpioinfo",
    `[ -e dev/gpiochip0 ] || exit 0
     echo "gpiochip0 - 8 lines:"
     for each in 0 1 2 3 4 5 6 7; do
       tool=$(cat held/$each 2>/dev/null)
       [ "$each" = 4 ] && name='"GPIO4"' || name=unnamed
       if [ -n "$tool" ]; then echo "	line   $each:	$name	${consumer.replaceAll('"', '\\"')}"
       else echo "	line   $each:	$name	${free}"; fi
     done`,
  );
  script(
    "gpioget",
    `${arguments_[version]}\n${chip}\n${refuse("gpioget", get)}
     out=; for each; do out="$out $(cat level/$each)"; done; echo $out`,
  );
  script(
    "gpiomon",
    `${arguments_[version]}\n${chip}\n${refuse("gpiomon", watch)}
     from=$(($(wc -l < events) + 1))
     tail -f -n +$from events 2>/dev/null & tail=$!
     trap 'kill $tail; for each; do rm -f held/$each; done; exit 0' TERM
     for each; do echo gpiomon > held/$each; done
     wait`,
  );
  script(
    "gpioset",
    `${arguments_[version]}\n${chip}\n${refuse("gpioset", set)}
     echo \${1#*=} > new.$$; mv new.$$ level/\${1%%=*}
     [ "$mode" = wait ] || exit 0
     echo gpioset > held/\${1%%=*}
     read line; rm -f held/\${1%%=*}`,
  );
  const file = (path: string): string | undefined =>
    existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
  const standIn: GpiodStandIn = {
    folder,
    deviceFolder,
    move(offset, high, unheard) {
      writeFileSync(at("level", String(offset)), high ? "1" : "0");
      if (unheard === undefined) appendFileSync(at("events"), `${offset} ${high ? 1 : falling}\n`);
    },
    level: (offset) => ({ "0": false, "1": true })[file(at("level", String(offset))) ?? ""],
    occupy(offset, busy) {
      if (busy) writeFileSync(at("held", String(offset)), "someone");
      else rmSync(at("held", String(offset)), { force: true });
    },
    holder: (offset) => file(at("held", String(offset))),
    calls: (tool) => (file(at("calls", tool)) ?? "").split("\n"),
    print: (text) => appendFileSync(at("events"), text),
    replace: script,
    plug(present) {
      if (present) writeFileSync(at("dev", "gpiochip0"), "");
      else rmSync(at("dev", "gpiochip0"), { force: true });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  standIn.plug(true);
  return standIn;
}
