import type { Fact } from "./facts.ts";

type Words = { readonly [Kind in Fact["kind"]]: (fact: Extract<Fact, { kind: Kind }>) => string };

const readingWords = ({ length }: readonly unknown[], first: { readonly id: string } | undefined): string =>
  `${length} from ${first?.id}`;

/** A fact in one line: what enters the trace's hash, and what a person reads who replays a seed. */
const words: Words = {
  made: ({ unit, reading }) =>
    `${unit} ${reading.device} ${JSON.stringify(reading.observation)} ${reading.id} ${reading.sequence}`,
  committed: ({ unit, readings }) => `${unit} ${readingWords(readings, readings[0])}`,
  presented: ({ readings }) => readingWords(readings, readings[0]),
  acknowledged: ({ readings }) => readingWords(readings, readings[0]),
  written: ({ disk, group }) =>
    `${disk} ${group.entries.map(({ stream, sequence, category }) => `${stream}/${sequence}/${category}`).join(",")}` +
    ` marks ${group.marks.map(({ source, sequence }) => `${source}/${sequence}`).join(",")}` +
    ` documents ${group.documents.length} settles ${group.settles.map(({ stream, through }) => `${stream}/${through}`).join(",")}` +
    ` removals ${group.removals.length}`,
  "put-back": ({ disk }) => disk,
  renumbered: ({ disk, from }) => `${disk} from ${from}`,
  stored: ({ event }) => `${event.stream} ${event.epoch} ${event.sequence} ${event.category}`,
  "headquarters-put-back": ({ events }) => `${events.length} events`,
  watermark: ({ watermark }) => `${watermark.epoch} ${watermark.sequence} ${watermark.telemetry}`,
  printed: ({ device, ticket }) => `${device} ${ticket}`,
  logged: ({ unit, level, event, device }) => `${unit} ${level} ${event} ${device ?? ""}`,
  ended: ({ unit, how }) => `${unit} ${how}`,
  fault: ({ fault, target }) => `${fault.kind} ${target} ${Math.round(fault.lastsMs)} ms`,
  caused: ({ action }) => `${action.device} ${action.what}`,
  calm: () => "",
  measured: ({ what, amount }) => `${what} ${amount}`,
  rested: ({ left, afterMs }) => `${afterMs} ms ${left.join("; ")}`,
};

export function factWords(fact: Fact): string {
  // The compiler does not see that the entry found by a fact's kind takes that very fact.
  const say = words[fact.kind] as (fact: Fact) => string;
  return `${fact.kind} ${say(fact)}`;
}
