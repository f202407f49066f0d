import type { Turn } from "./turn.ts";

interface ShownCall {
  readonly call: number;
  readonly ticket: string;
  readonly number: string;
  readonly service: string;
  readonly counter: string;
}

/** Tells every display that shows this counter's calls; each call once, a recall is another one. */
export function showCall(turn: Turn, call: ShownCall): void {
  const { displays, counters, services } = turn.rules;
  displays.forEach(({ device, counters: shown, text: pattern }, place) => {
    if (shown.length > 0 && !shown.includes(call.counter)) return;
    const words: Readonly<Record<string, string>> = {
      number: call.number,
      counter: counters.get(call.counter)?.name ?? call.counter,
      service: services.get(call.service)?.nameChinese ?? call.service,
    };
    const text = pattern.replaceAll(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole);
    // The ticket stands in the id, because calls are counted anew when the store's disk is.
    const id = `show.${call.call}.${place}.${call.ticket}`;
    turn.order({ id, device, task: { kind: "show", text: text.slice(0, textLengthMax) } });
  });
}

/** Characters: what a command takes (protocols/commands.ts); only names of 40 characters reach it. */
const textLengthMax = 128;
