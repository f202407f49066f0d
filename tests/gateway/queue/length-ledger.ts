export interface Line {
  readonly service: string;
  readonly priorityClass: string;
}

interface Moment {
  readonly atMs: number;
  readonly waiting: number;
}

/** What a length at HQ says of a line. */
export interface ToldLength extends Moment {
  readonly least: number;
  readonly most: number;
}

/** How long each line truly is, at each moment of a day. */
export class LengthLedger {
  readonly #lines = new Map<string, Moment[]>();
  readonly #waiting = new Set<string>();
  readonly #lineOf = new Map<string, Line>();

  of(ticket: string): Line {
    return this.#lineOf.get(ticket) ?? { service: "", priorityClass: "" };
  }

  joins(ticket: string, { service, priorityClass }: Line, atMs: number): void {
    const line = { service, priorityClass };
    this.#waiting.add(ticket);
    this.#lineOf.set(ticket, line);
    this.#change(line, 1, atMs);
  }

  leaves(ticket: string | undefined, atMs: number): void {
    if (ticket === undefined) return;
    if (this.#waiting.delete(ticket)) this.#change(this.of(ticket), -1, atMs);
  }

  get names(): readonly string[] {
    return [...this.#lines.keys()];
  }

  /** What is wrong with what HQ was told of a line, in words. */
  judge(line: string, told: readonly ToldLength[]): readonly string[] {
    const changes = this.#lines.get(line) ?? [];
    const wrong: string[] = [];
    let place = 0;
    let waiting = 0;
    for (const length of told) {
      let [least, most] = [waiting, waiting];
      for (let next = changes[place]; next !== undefined && next.atMs <= length.atMs; next = changes[place]) {
        if (length.atMs - next.atMs > 1_000)
          wrong.push(`${line} changed at ${next.atMs}, told at ${length.atMs}`);
        waiting = next.waiting;
        [least, most] = [Math.min(least, waiting), Math.max(most, waiting)];
        place += 1;
      }
      const truth = `${waiting} (${least}-${most})`;
      const said = `${length.waiting} (${length.least}-${length.most})`;
      if (truth !== said) wrong.push(`${line} at ${length.atMs}: ${said} told, ${truth} true`);
    }
    if (place < changes.length) wrong.push(`${line}: ${changes.length - place} changes were never told`);
    return wrong;
  }

  #change({ service, priorityClass }: Line, by: number, atMs: number): void {
    const name = `${service}/${priorityClass}`;
    const changes = this.#lines.get(name) ?? [];
    this.#lines.set(name, changes);
    changes.push({ atMs, waiting: (changes.at(-1)?.waiting ?? 0) + by });
  }
}
