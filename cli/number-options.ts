import { InvalidArgumentError } from "commander";

/** An option's value as a number above zero. */
export function positiveNumber(text: string): number {
  const number = Number(text);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError("a positive number, please.");
  return number;
}

export const notNegativeNumber = (text: string): number => (Number(text) === 0 ? 0 : positiveNumber(text));
