/** What a distance sensor sees while nobody is there, and what it is learning of it. */
export interface EmptyView {
  readonly emptyCm: number | undefined;
  /** How often each distance was seen since the view has been quiet: no more than `quietCm` apart. */
  readonly seen: ReadonlyMap<number, number>;
}

/** Sensors measure the same wall so differently, a person moves by more. */
export const quietCm = 12;
/** A few frames are no quiet view. */
const framesMin = 10;

export const unlearnt: EmptyView = { emptyCm: undefined, seen: new Map() };

/** Joins a distance to the quiet ones; `anew` where it is the first of them. */
export function joinQuiet(view: EmptyView, cm: number): { readonly view: EmptyView; readonly anew: boolean } {
  const near = [...view.seen.keys()].every((each) => Math.abs(each - cm) <= quietCm);
  const before = near ? view.seen : unlearnt.seen;
  const seen = new Map(before).set(cm, (before.get(cm) ?? 0) + 1);
  return { view: { ...view, seen }, anew: before.size === 0 };
}

/** What was quiet for long enough is the empty view: the median of what was seen. */
export function learn({ emptyCm, seen }: EmptyView): EmptyView {
  const all = [...seen].toSorted(([left], [right]) => left - right);
  const count = all.reduce((sum, [, times]) => sum + times, 0);
  if (count < framesMin) return { ...unlearnt, emptyCm };
  let below = 0;
  const median = all.find(([, times]) => {
    below += times;
    return 2 * below >= count;
  });
  return { ...unlearnt, emptyCm: median?.[0] ?? emptyCm };
}
