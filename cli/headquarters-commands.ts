import { type Command, Option } from "commander";
import type { BrokerOptions } from "./commands/broker-link.ts";
import type { ReceiveOptions } from "./commands/headquarters.ts";
import type { AnnounceOptions } from "./commands/hq-announce.ts";
import { notNegativeNumber, positiveNumber } from "./number-options.ts";

export function addHeadquarters(program: Command): void {
  const hq = program.command("hq").description("what headquarters runs");
  addHeadquartersItem(hq);
  addHeadquartersAnnounce(hq);
  linked(hq.command("receive"))
    .description("store each event once, publish watermarks, ask again for gaps")
    .option("--database <file>", "SQLite file that holds the events", "/var/lib/storewire/hq.db")
    .option("--backlog-rate <n>", "events a second granted to all backlogs together", positiveNumber)
    .option("--depot <GLN=site/gateway...>", "who continues the return cases that are sent to this place", [])
    .option("--deadline <NAME=MINUTES...>", "of what is on its way, where not the usual; 0 is never", [])
    .option(
      "--not-arrived <hours>",
      "when it is told that an item has not arrived; 0 is never",
      notNegativeNumber,
    )
    .action(async (options: ReceiveOptions) => {
      const { receive } = await import("./commands/headquarters.ts");
      await receive(options);
    });
  linked(hq.command("tail"))
    .description("print events as they come")
    .option("--json", "one event per line as JSON")
    .action(async (options: BrokerOptions & { json?: boolean }) => {
      const { tail } = await import("./commands/headquarters.ts");
      await tail(options, options.json ?? false);
    });
}

function addHeadquartersItem(hq: Command): void {
  hq.command("item <item>")
    .description("where a returned item is, since when and in whose hands, all sites joined")
    .option("--database <file>", "the receiver's", "/var/lib/storewire/hq.db")
    .option("--json", "one JSON object on stdout; null where nothing is known")
    .action(async (item: string, options: { database: string; json?: boolean }) => {
      const { hqItem } = await import("./commands/hq-item.ts");
      process.exitCode = await hqItem(item, options.database, options.json ?? false);
    });
}

function addHeadquartersAnnounce(hq: Command): void {
  linked(hq.command("announce"))
    .description(
      "tell a depot's gateway what parcels should weigh; exit code 0 when all of it is on its disk",
    )
    .requiredOption("--to <site/gateway>", "whose weighing terminals will see them")
    .option("--parcel <SSCC=KG...>", "a parcel and its weight", [])
    .option("--file <file>", "CSV: a line of SSCC,KG for each")
    .option("--days <n>", "how long they are expected", positiveNumber, 14)
    .option("--wait <seconds>", "for the gateway's answer; told again until then", positiveNumber, 60)
    .action(async (options: AnnounceOptions) => {
      const { hqAnnounce } = await import("./commands/hq-announce.ts");
      process.exitCode = await hqAnnounce(options);
    });
}

/** Commands that speak to the broker. */
const linked = (command: Command): Command =>
  command
    .option("--url <url>", "the broker that the gateways publish to", "mqtt://127.0.0.1:1883")
    .addOption(new Option("--mqtt-version <version>", "of the link").choices(["3.1.1", "5"]).default("5"))
    .option("--username <name>")
    .option("--password-file <file>")
    .option("--ca-file <file>")
    .option("--cert-file <file>")
    .option("--key-file <file>");
