import type { Named, WaitRange } from "../../../protocols/screens.ts";
import type { Words } from "./elements.ts";

export const namedWords = ({ name, nameChinese }: Named): Words => ({
  chinese: nameChinese,
  english: name,
});

/** "5–10 min": whole minutes, rounded outwards, so that the promise is kept. */
export function minutesOf({ lowMs, highMs }: WaitRange): string {
  const low = Math.floor(lowMs / 60_000);
  const high = Math.max(1, Math.ceil(highMs / 60_000));
  return low >= high ? `${high}` : `${low}\u2013${high}`;
}

export const waitWords = (wait: WaitRange | undefined): Words | undefined =>
  wait && { chinese: `约 ${minutesOf(wait)} 分钟`, english: `about ${minutesOf(wait)} min` };

export const waitingWords = (count: number): Words => ({
  chinese: `${count} 人等候`,
  english: `${count} waiting`,
});

export const beforeWords = (count: number): Words =>
  count === 0
    ? { chinese: "下一个就是您", english: "You are next" }
    : { chinese: `前面还有 ${count} 人`, english: `${count} before you` };

/** A name of digits alone, or that ends in some, is a counter's number in both languages. */
export const counterWords = (name: string): Words => {
  const number = /(\d+)$/.exec(name)?.[1];
  return number === undefined
    ? { chinese: name, english: name }
    : { chinese: `${number} 号柜台`, english: `Counter ${number}` };
};

export const refusedWords: Words = {
  chinese: "现在无法取号，请询问工作人员",
  english: "No ticket now. Please ask a member of staff",
};
