#!/usr/bin/env -S node --max-semi-space-size=4
import { Command, Option } from "commander";
import type { HashProfile } from "../protocols/epcis/pre-hash.ts";
import type { EvidenceOptions } from "./commands/returns-evidence.ts";
import type { ShowOptions } from "./commands/returns-show.ts";
import { addDeviceCommands } from "./device-commands.ts";
import { exitCodes } from "./exit-codes.ts";
import { addHeadquarters } from "./headquarters-commands.ts";
import { notNegativeNumber, positiveNumber } from "./number-options.ts";
import { packageVersion } from "./system.ts";
import { UnavailableError } from "./unavailable-error.ts";
import { UsageError } from "./usage-error.ts";

const defaultConfiguration = "/etc/storewire/storewire.yaml";

/** Each command loads what it needs only when it is called, so that `run` reads its first device early. */
function buildProgram(): Command {
  const program = new Command("storewire")
    .description(
      "Reads the devices of a shop or depot and delivers what they say to headquarters, once, none lost.",
    )
    .version(packageVersion)
    .exitOverride((error) => {
      process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
      throw error;
    });
  addServices(program);
  addConfiguration(program);
  addDeviceCommands(program, configured);
  addEpcis(program);
  addReturns(program);
  addSchema(program);
  addHeadquarters(program);
  addSimulation(program);
  return program;
}

const configured = (command: Command): Command =>
  command.option("-c, --config <file>", "configuration file", defaultConfiguration);

function addServices(program: Command): void {
  const readings = ["--readings", "print each reading as one JSON line once it is on disk"] as const;
  configured(program.command("run"))
    .description("agent and gateway in one process")
    .option(...readings)
    .action(async (options: { config: string; readings?: boolean }) => {
      const { runStore } = await import("./commands/run.ts");
      await runStore("run", options.config, options.readings ?? false);
    });
  configured(program.command("agent"))
    .description("the process that owns devices and spools their readings for a gateway")
    .option(...readings)
    .action(async (options: { config: string; readings?: boolean }) => {
      const { runStore } = await import("./commands/run.ts");
      await runStore("agent", options.config, options.readings ?? false);
    });
  configured(program.command("gateway"))
    .description("the hub of a site: store broker, store services, outbox, uplink")
    .action(async (options: { config: string }) => {
      const { runStore } = await import("./commands/run.ts");
      await runStore("gateway", options.config, false);
    });
  addLastResort(program);
}

function addLastResort(program: Command): void {
  program
    .command("last-resort")
    .description(
      "for systemd, after each end of a service: restarts the box where starting anew does not help",
    )
    .option("--boot-directory <path>", "what is forgotten with the boot", "/run/storewire-last-resort")
    .option("--box-directory <path>", "what is kept over reboots", "/var/lib/storewire-last-resort")
    .action(async (options: { bootDirectory: string; boxDirectory: string }) => {
      const { endedService } = await import("./commands/last-resort.ts");
      process.exitCode = await endedService(options);
    });
}

function addConfiguration(program: Command): void {
  configured(program.command("check [file]"))
    .description("check a configuration: every error at once, with line and column; exit 78 if there is one")
    .option("--json", "one JSON object on stdout")
    .action(async (file: string | undefined, options: { config: string; json?: boolean }) => {
      const { checkConfiguration } = await import("./commands/check.ts");
      process.exitCode = checkConfiguration(file ?? options.config, options.json ?? false);
    });
  program
    .command("decode <codec> [hex]")
    .description(
      "decode captured bytes; with `-` one hex string per line from stdin, one JSON object per line out",
    )
    .option("--relaxed", "for codec gs1: tolerate what a returns desk has to tolerate")
    .action(async (codec: string, hex: string | undefined, options: { relaxed?: boolean }) => {
      const { decodeCommand } = await import("./commands/decode.ts");
      process.exitCode = await decodeCommand(codec, hex ?? "-", { relaxed: options.relaxed ?? false });
    });
}

function addEpcis(program: Command): void {
  program
    .command("epcis")
    .description("EPCIS 2.0 documents, ours and others'")
    .command("check [file]")
    .description(
      "valid or not, and the hash of each event; with `-` one document per line from stdin, one JSON object per line out",
    )
    .addOption(new Option("--profile <name>", "of the hash").choices(["CBV2.0", "CBV2.1"]).default("CBV2.0"))
    .action(async (file: string | undefined, options: { profile: HashProfile }) => {
      const { epcisCheck } = await import("./commands/epcis.ts");
      process.exitCode = await epcisCheck(file ?? "-", options);
    });
}

function addReturns(program: Command): void {
  const returns = program
    .command("returns")
    .description("returned items: what is known, and what is printed");
  returns
    .command("sheet [file]")
    .description(
      "the command barcodes to print for a returns desk: to an .html or .pdf file, without one as HTML on stdout",
    )
    .addOption(new Option("--language <which>").choices(["both", "zh", "en"]).default("both"))
    .option("--clerk <names...>", "print a badge for each as well", [])
    .option("--font <file>", "PDF: a font that has Chinese; file#name within a collection")
    .action(async (file: string | undefined, options) => {
      const { returnsSheet } = await import("./commands/returns-sheet.ts");
      process.exitCode = await returnsSheet(file, options);
    });
  addReturnsShow(returns);
  addReturnsEvidence(returns);
}

function addReturnsEvidence(returns: Command): void {
  configured(returns.command("evidence [item]"))
    .description(
      "one signed file with everything that is known of an item, for a claim; JSON on stdout, verifiable without us",
    )
    .option("--pdf <file>", "write a readable PDF as well, with the signed file attached")
    .addOption(new Option("--language <which>", "PDF").choices(["both", "zh", "en"]).default("both"))
    .option("--font <file>", "PDF: a font that has Chinese; file#name within a collection")
    .option("--verify <file>", "say whether such a file is what was signed; exit code 0 or 1")
    .option("--public-key", "print the public key of this box, to be handed over before there is a claim")
    .action(async (item: string | undefined, options: EvidenceOptions) => {
      const { returnsEvidence } = await import("./commands/returns-evidence.ts");
      process.exitCode = await returnsEvidence(item, options);
    });
}

function addReturnsShow(returns: Command): void {
  configured(returns.command("show <item>"))
    .description(
      "the whole story of one item, beside a running gateway: its link, or what a scanner or reader says",
    )
    .option("--json", "one JSON object on stdout")
    .addOption(new Option("--language <which>").choices(["zh", "en"]).default("en"))
    .action(async (item: string, options: ShowOptions) => {
      const { returnsShow } = await import("./commands/returns-show.ts");
      process.exitCode = await returnsShow(item, options);
    });
}

function addSchema(program: Command): void {
  program
    .command("schema <name>")
    .description(
      "print what is published of our formats: configuration, events (JSON Schema), asyncapi (the whole of MQTT) or epcis-context (JSON-LD)",
    )
    .action(async (name: string) => {
      const { printSchema } = await import("./commands/schema.ts");
      process.exitCode = printSchema(name);
    });
}

function addSimulation(program: Command): void {
  program
    .command("demo")
    .description("the main job on simulated hardware, live in this terminal")
    .option("--seconds <n>", "end after so long", positiveNumber)
    .option("--json", "each HQ event one JSON line on stdout, at the end one summary")
    .option("--scenario <name>", "ordinary-morning, everything-goes-wrong, or a file", "ordinary-morning")
    .option("--seed <n>", "the course of things", positiveNumber, 1)
    .option("--speed <n>", "how much faster than real time the day goes", positiveNumber, 1)
    .action(async (options) => {
      const { demo } = await import("./demo/demo.ts");
      process.exitCode = await demo(options);
    });
  addSimulate(program);
}

/** Two things under one word: devices for a `run` in another process, or everything within this one. */
function addSimulate(program: Command): void {
  program
    .command("simulate [scenario]")
    .description(
      "with a scenario: serve simulated devices on pseudo-terminals and sockets and play it on them; " +
        "without one: simulate a whole site from a seed, with faults, and check every promise",
    )
    .option("--seed <n>", "the course of things", positiveNumber, 1)
    .option("--days <n>", "whole site: simulated days (default: one busy hour)", positiveNumber)
    .option("--seeds <n>", "whole site: so many seeds, beginning with --seed", positiveNumber, 1)
    .option("--until-failure", "whole site: seed after seed until a promise is broken", false)
    .option("--quiet", "whole site: a shop at night, nobody comes and nothing breaks", false)
    .option("--faults-per-hour <n>", "whole site: how much goes wrong", notNegativeNumber)
    .option("--trace", "whole site: everything that happens, one line each, on stderr", false)
    .option("--speed <n>", "scenario: how much faster than real time the day goes", positiveNumber, 1)
    .option("--directory <path>", "scenario: where the devices' paths and a matching configuration are put")
    .option("--headquarters <url>", "scenario: HQ's broker in that configuration", "mqtt://127.0.0.1:1883")
    .option(
      "--start-after <seconds>",
      "scenario: time to start `storewire run` before the first customer",
      positiveNumber,
      5,
    )
    .action(async (scenario: string | undefined, options) => {
      if (scenario === undefined) {
        const { simulateSite } = await import("./commands/simulate-site.ts");
        process.exitCode = await simulateSite(options);
        return;
      }
      const { simulate } = await import("./commands/simulate.ts");
      process.exitCode = await simulate(scenario, options);
    });
}

/** The code of an error that a command let through. */
function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  return error instanceof UnavailableError ? exitCodes.unavailable : exitCodes.failed;
}

try {
  await buildProgram().parseAsync();
} catch (error) {
  if (process.exitCode === undefined) {
    console.error(`storewire: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = exitCodeOf(error);
  }
}
