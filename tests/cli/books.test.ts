import { describe, expect, it } from "vitest";
import { type BookedEvent, Books } from "../../cli/simulation/books.ts";
import type { ExpectedEvent, TimedAction } from "../../simulators/scenario/timed-action.ts";

const handedIn = "storewire.return.handed-in";
const issued = "storewire.queue.ticket.issued";
const item = "https://id.gs1.org/01/09521141123454/21/1";

const action = (...expected: readonly ExpectedEvent[]): TimedAction => ({
  atMs: 0,
  device: "desk-scanner",
  what: "replug",
  expected,
});

function balanceOf(expected: readonly ExpectedEvent[], held: readonly BookedEvent[]) {
  const books = new Books();
  for (const each of expected) books.caused(action(each));
  for (const each of held) books.holds(each);
  return books.balance();
}

const certainHandIn: ExpectedEvent = { type: handedIn, subject: item, certain: true };
const certainTicket: ExpectedEvent = { type: issued, certain: true };
const uncertainTicket: ExpectedEvent = { type: issued, certain: false };
const ticket = (number: number): BookedEvent => ({ type: issued, subject: `2026-11-22/A-00${number}` });
const handIn: BookedEvent = { type: handedIn, subject: item };

describe("the books of a scenario", () => {
  it("balance when HQ holds what was caused", () => {
    expect(balanceOf([certainHandIn, certainTicket, certainTicket], [ticket(1), handIn, ticket(2)])).toEqual({
      caused: 3,
      stored: 3,
      lost: 0,
      doubled: 0,
      uncertain: 0,
      examples: [],
    });
  });

  it("do not mind what nobody caused on purpose", () => {
    const length = { type: "storewire.queue.length", subject: "returns" };
    expect(balanceOf([certainHandIn], [length, handIn, length])).toMatchObject({ lost: 0, doubled: 0 });
  });

  it("find an item that HQ does not hold", () => {
    expect(balanceOf([certainHandIn, certainTicket], [ticket(1)])).toMatchObject({
      caused: 2,
      stored: 1,
      lost: 1,
      doubled: 0,
      examples: [`lost: ${handedIn} ${item}`],
    });
  });

  it("find an item that is held under another name only", () => {
    const other = { type: handedIn, subject: `${item}2` };
    expect(balanceOf([certainHandIn], [other])).toMatchObject({ stored: 0, lost: 1 });
  });

  it("find an item that is held twice", () => {
    expect(balanceOf([certainHandIn], [handIn, handIn])).toMatchObject({
      lost: 0,
      doubled: 1,
      examples: [`doubled: ${handedIn} ${item}`],
    });
  });

  it("take a thing that happened twice for two", () => {
    expect(balanceOf([certainHandIn, certainHandIn], [handIn, handIn])).toMatchObject({
      lost: 0,
      doubled: 0,
    });
    expect(balanceOf([certainHandIn, certainHandIn], [handIn])).toMatchObject({ lost: 1, stored: 1 });
  });

  it("find a ticket too few, and one too many", () => {
    expect(balanceOf([certainTicket, certainTicket], [ticket(1)])).toMatchObject({ lost: 1, doubled: 0 });
    expect(balanceOf([certainTicket], [ticket(1), ticket(2)])).toMatchObject({
      lost: 0,
      doubled: 1,
      examples: [`doubled: ${issued}`],
    });
  });

  it("find the same ticket issued twice, even where the number of tickets is right", () => {
    expect(balanceOf([certainTicket, certainTicket], [ticket(1), ticket(1)])).toMatchObject({
      lost: 0,
      doubled: 1,
      examples: [`doubled: ${issued} 2026-11-22/A-001`],
    });
  });

  it("allow what was caused while something was broken, and demand it not", () => {
    const expected = [certainTicket, uncertainTicket];
    expect(balanceOf(expected, [ticket(1)])).toMatchObject({ caused: 1, uncertain: 1, lost: 0, doubled: 0 });
    expect(balanceOf(expected, [ticket(1), ticket(2)])).toMatchObject({ lost: 0, doubled: 0 });
    expect(balanceOf(expected, [ticket(1), ticket(2), ticket(3)])).toMatchObject({ lost: 0, doubled: 1 });
    expect(balanceOf(expected, [])).toMatchObject({ lost: 1, stored: 0 });
  });

  it("show a few examples and not thousands", () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ ...certainHandIn, subject: `${item}${index}` }));
    const balance = balanceOf(many, []);
    expect(balance.lost).toBe(50);
    expect(balance.examples).toHaveLength(10);
  });
});
