import { type Command, Option } from "commander";
import type { ScanCommandOptions } from "./commands/devices-scan.ts";
import type { Carrier } from "./commands/replay.ts";
import { type Language, languageOf, languages } from "./language.ts";
import { positiveNumber } from "./number-options.ts";

const languageOption = (): Option =>
  new Option("--language <language>", "of words; the locale's otherwise").choices(languages);

/** `storewire devices ...`, `record` and `replay`. */
export function addDeviceCommands(program: Command, configured: (command: Command) => Command): void {
  const devices = program
    .command("devices")
    .description("what stands at this box: find it, watch it, prove it");
  addScan(devices);
  addWatch(devices, configured);
  addTest(devices, configured);
  addRecorder(program, configured);
}

function addScan(devices: Command): void {
  const more = (word: string, words: readonly string[]): readonly string[] => [...words, word];
  devices
    .command("scan")
    .description(
      "find serial ports, HID devices and GPIO chips, say what each is, and print a piece of configuration for it",
    )
    .option("--host <host>", "look for an LLRP reader there as well; may come again", more, [])
    .option("--port <path>", "a serial port that the kernel does not list; may come again", more, [])
    .option("--exclude <path>", "a port that nothing is written to; may come again", more, [])
    .option("--json", "one JSON object per place", false)
    .option("-c, --config <file>", "the configuration of the running agent, whose devices are left alone")
    .addOption(languageOption())
    .action(async (options: Omit<ScanCommandOptions, "language"> & { language?: Language }) => {
      const { scanDevices } = await import("./commands/devices-scan.ts");
      process.exitCode = await scanDevices({
        ...options,
        language: languageOf(options.language, process.env),
      });
    });
}

function addWatch(devices: Command, configured: (command: Command) => Command): void {
  configured(devices.command("watch <id>"))
    .description("show a device's readings and health as they come")
    .option("--json", "one JSON object per line", false)
    .option("--raw", "everything that is observed as well, before it is smoothed", false)
    .addOption(languageOption())
    .action(async (id: string, options: Told & { raw: boolean }) => {
      const { watchDevice } = await import("./commands/devices-watch.ts");
      const language = languageOf(options.language, process.env);
      process.exitCode = await watchDevice(id, { ...options, language });
    });
}

function addTest(devices: Command, configured: (command: Command) => Command): void {
  configured(devices.command("test <id>"))
    .description("prove one device step by step: a verdict for each, and a cure where it fails")
    .option("--json", "one JSON object", false)
    .option("--seconds <n>", "how long it may take to observe something", positiveNumber, 10)
    .option("--print", "for a printer: print a test ticket", false)
    .addOption(languageOption())
    .action(async (id: string, options: Told & { seconds: number; print: boolean }) => {
      const { testDevice } = await import("./commands/devices-test.ts");
      const language = languageOf(options.language, process.env);
      process.exitCode = await testDevice(id, { ...options, language });
    });
}

/** What every command about a device is told. */
interface Told {
  readonly config: string;
  readonly json: boolean;
  readonly language?: Language;
}

function addRecorder(program: Command, configured: (command: Command) => Command): void {
  configured(program.command("record <device>"))
    .description("save what passed between a device and the agent lately, and what comes, as a recording")
    .option("--seconds <n>", "listen on for so long", positiveNumber)
    .option("--output <file>", "where to; stdout otherwise")
    .option("--no-past", "only what comes from now on")
    .action(async (device: string, options) => {
      const { recordDevice } = await import("./commands/record.ts");
      process.exitCode = await recordDevice(device, options);
    });
  program
    .command("replay <file>")
    .description("play a recording into the driver and print what it makes of it, one JSON object per line")
    .addOption(new Option("--as-device <carrier>", "be the recorded device instead").choices(["pty", "tcp"]))
    .option("--link <path>", "as a device on a pseudo-terminal: its stable name")
    .option("--port <n>", "as a device on a socket: its port on loopback", positiveNumber)
    .option("--start-after <seconds>", "on a pseudo-terminal: time for a host to open it", positiveNumber, 5)
    .action(async (file: string, options: ReplayWords) => {
      const { replayFile } = await import("./commands/replay.ts");
      process.exitCode = await replayFile(file, options);
    });
}

interface ReplayWords {
  readonly asDevice?: Carrier;
  readonly link?: string;
  readonly port?: number;
  readonly startAfter: number;
}
