import { describe, expect, it } from "vitest";
import { MemoryDisk } from "../../../outbox/memory-outbox.ts";
import { epcisFindings } from "../../../protocols/epcis/epcis-check.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { SimulatedRepository } from "../../../simulators/network/simulated-repository.ts";
import { idsOf, returned, spoilt, startBench, startedDraft, withdrawn } from "./capture-bench.ts";

const hourMs = 3_600_000;
const drafts = (...numbers: readonly number[]) => numbers.map((number) => returned(number).draft);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const sizes = ({ documents }: SimulatedRepository): number[] =>
  documents.map(
    (text) => (JSON.parse(text) as { epcisBody: { eventList: object[] } }).epcisBody.eventList.length,
  );

describe("the capture client", () => {
  it("brings return events, and no others, in their order as valid documents, and keeps its place", async () => {
    const repository = new SimulatedRepository({ jobLooks: 2 });
    const { capture, outbox, clock, commit } = await startBench({ repository });
    await commit([startedDraft, ...drafts(1, 2), startedDraft]);
    capture.start();
    await clock.turn(10_000);
    expect(repository.events).toEqual(idsOf(1, 2));
    expect(outbox.keptAfter("evt")).toBe(4);
    await commit(drafts(3));
    capture.stored();
    await clock.turn(2_000);
    expect(repository.events).toEqual(idsOf(1, 2, 3));
    expect(repository.documents.flatMap((text) => epcisFindings(JSON.parse(text)))).toEqual([]);
    expect(capture.counts).toEqual({ captured: 3, setAside: 0 });
    const asked = repository.requests.length;
    await capture.close();
    await clock.turn(hourMs);
    expect(repository.requests.length).toBe(asked);
  });

  it("splits to the limits that the repository names, in events and in bytes", async () => {
    const few = new SimulatedRepository({ eventsMax: 3 });
    const first = await startBench({ repository: few });
    await first.commit(drafts(...upTo(8)));
    first.capture.start();
    await first.clock.turn(10_000);
    expect(sizes(few)).toEqual([3, 3, 2]);

    const small = new SimulatedRepository({ bytesMax: 1_500 });
    const second = await startBench({ repository: small });
    await second.commit(drafts(...upTo(5)));
    second.capture.start();
    await second.clock.turn(10_000);
    expect(small.events).toEqual(idsOf(...upTo(5)));
    expect(Math.max(...small.documents.map((text) => text.length))).toBeLessThanOrEqual(1_500);
    expect(small.documents.length).toBeGreaterThan(1);
  });

  it("never sends more than the configuration allows, whatever the repository would take", async () => {
    const repository = new SimulatedRepository({ eventsMax: 1_000 });
    const { capture, clock, commit } = await startBench({ repository, eventsMax: 2, bytesMax: 100_000 });
    await commit(drafts(...upTo(5)));
    capture.start();
    await clock.turn(10_000);
    expect(sizes(repository)).toEqual([2, 2, 1]);
  });

  it("finds smaller limits than were named by itself", async () => {
    const repository = new SimulatedRepository({ eventsMax: 2 });
    repository.moods.push("mute");
    const { capture, clock, commit } = await startBench({ repository });
    const answer = repository.answer.bind(repository);
    repository.answer = (request) =>
      request.method === "OPTIONS" ? { status: 405, headers: {}, body: "" } : answer(request);
    await commit(drafts(...upTo(9)));
    capture.start();
    await clock.turn(hourMs);
    expect(repository.events).toEqual(idsOf(...upTo(9)));
    expect(Math.max(...sizes(repository))).toBe(2);
  });

  it.each([
    ["proceed", 1],
    ["proceed", undefined],
    ["rollback", 1],
    ["rollback", undefined],
  ] as const)(
    "sets aside what is refused, with an alert, and delivers its neighbours (%s, jobs %s)",
    async (errorBehaviour, jobLooks) => {
      const refused = new Set(idsOf(3, 7));
      const repository = new SimulatedRepository({ refused, errorBehaviour, ...(jobLooks && { jobLooks }) });
      const { capture, outbox, clock, commit, told, letters } = await startBench({ repository });
      await commit(drafts(...upTo(9)));
      capture.start();
      await clock.turn(hourMs);
      expect(repository.events.toSorted()).toEqual(idsOf(1, 2, 4, 5, 6, 8, 9).toSorted());
      expect(told.map(({ subject }) => subject)).toEqual(["capture-poison", "capture-poison"]);
      expect(told[0]?.data).toMatchObject({ cause: expect.stringContaining(String(idsOf(3)[0])) });
      expect(letters.map(({ content }) => (JSON.parse(content) as { eventID: string }).eventID)).toEqual(
        idsOf(3, 7),
      );
      expect(letters[0]).toMatchObject({ reason: expect.stringContaining("is refused"), topic: "capture" });
      expect(outbox.keptAfter("evt")).toBe(9);
      expect(capture.counts).toEqual({ captured: 7, setAside: 2 });
    },
  );

  it("does not send what no repository would take", async () => {
    const repository = new SimulatedRepository();
    const { capture, clock, commit, told } = await startBench({ repository });
    await commit([...drafts(1), spoilt(2), ...drafts(3)]);
    capture.start();
    await clock.turn(10_000);
    expect(repository.events).toEqual(idsOf(1, 3));
    expect(told[0]?.data).toMatchObject({ cause: expect.stringContaining('$.bizStep: found "assemble"') });
  });

  it("takes an event back in a document of its own, under the same identity", async () => {
    const repository = new SimulatedRepository({ jobLooks: 1 });
    repository.moods.push(...(["busy", "mute"] as const));
    const { capture, clock, commit, told } = await startBench({ repository });
    await commit([...drafts(1, 2), withdrawn(1), ...drafts(3)]);
    capture.start();
    await clock.turn(hourMs);
    const [first = "", second, third] = idsOf(1, 2, 3);
    expect(repository.events).toEqual([first, second, `${first} in error`, third]);
    expect(sizes(repository).every((size) => size <= 2)).toBe(true);
    expect(told).toEqual([]);
  });

  it("tells of an error that a repository takes for the event that it takes back", async () => {
    const repository = new SimulatedRepository({ ignoresDeclarations: true });
    const { capture, clock, commit, told, letters } = await startBench({ repository });
    await commit([...drafts(1), withdrawn(1), ...drafts(2)]);
    capture.start();
    await clock.turn(hourMs);
    expect(repository.events).toEqual(idsOf(1, 2));
    expect(told.map(({ subject }) => subject)).toEqual(["capture-poison"]);
    expect(letters[0]?.content).toContain("errorDeclaration");
  });

  it("tells once that it is shut out, asks again every few minutes, and goes on when it is let in", async () => {
    const repository = new SimulatedRepository();
    repository.moods.push("shut", "shut", "shut");
    const { capture, clock, commit, told } = await startBench({ repository });
    await commit(drafts(1));
    capture.start();
    await clock.turn(hourMs);
    expect(told.map(({ subject }) => subject)).toEqual(["capture-shut"]);
    expect(repository.events).toEqual(idsOf(1));
    expect(repository.requests.length).toBe(5);
  });

  it("tells after an hour of a repository that only puts it off, once, whatever it says", async () => {
    const repository = new SimulatedRepository({ jobLooks: 0 });
    const answer = repository.answer.bind(repository);
    let isDown = true;
    repository.answer = (request) =>
      isDown && request.path !== "/capture" ? { status: 500, headers: {}, body: "" } : answer(request);
    const { capture, clock, commit, told } = await startBench({ repository });
    await commit(drafts(1));
    capture.start();
    await clock.turn(hourMs - 360_000);
    expect(told).toEqual([]);
    await clock.turn(6 * hourMs);
    expect(told.map(({ subject }) => subject)).toEqual(["capture-shut"]);
    expect(told[0]?.data).toMatchObject({ cause: expect.stringContaining("500") });
    isDown = false;
    await clock.turn(hourMs);
    expect(capture.counts).toEqual({ captured: 1, setAside: 0 });
    expect(told).toHaveLength(1);
  });

  it("sets twenty in a row aside and then takes it for the repository's fault, and loses none of the rest", async () => {
    const refused = new Set(idsOf(...upTo(60)));
    const repository = new SimulatedRepository({ refused });
    const { capture, outbox, clock, commit, told, letters } = await startBench({ repository });
    await commit(drafts(...upTo(60)));
    capture.start();
    await clock.turn(6 * hourMs);
    expect(letters).toHaveLength(20);
    expect(told.filter(({ subject }) => subject === "capture-shut")).toHaveLength(1);
    expect(told.at(-1)?.data).toMatchObject({ cause: expect.stringContaining("refuses everything") });
    expect(outbox.keptAfter("evt")).toBe(20);
    // Somebody has taught it our extensions.
    refused.clear();
    await clock.turn(hourMs);
    expect(repository.events).toEqual(idsOf(...upTo(60).slice(20)));
    expect(capture.counts).toEqual({ captured: 40, setAside: 20 });
  });

  it("does not take its own validator's findings for the repository's fault", async () => {
    const repository = new SimulatedRepository({ refused: new Set(idsOf(31)) });
    const { capture, clock, commit, told } = await startBench({ repository });
    await commit([...upTo(30).map((number) => spoilt(number)), ...drafts(31, 32)]);
    capture.start();
    await clock.turn(hourMs);
    expect(repository.events).toEqual(idsOf(32));
    expect(told.every(({ subject }) => subject === "capture-poison")).toBe(true);
    expect(capture.counts).toEqual({ captured: 1, setAside: 31 });
  });

  it("stops as well where every event is too large for it", async () => {
    const repository = new SimulatedRepository({ bytesMax: 10 });
    const answer = repository.answer.bind(repository);
    repository.answer = (request) =>
      request.method === "OPTIONS" ? { status: 204, headers: {}, body: "" } : answer(request);
    const { capture, clock, commit, told } = await startBench({ repository });
    await commit(drafts(...upTo(40)));
    capture.start();
    await clock.turn(6 * hourMs);
    expect(capture.counts).toEqual({ captured: 0, setAside: 20 });
    expect(told.at(-1)?.data).toMatchObject({ cause: expect.stringContaining("refuses everything: 413") });
  });

  it("looks again for an event that the repository finds only a while after it has it", async () => {
    const repository = new SimulatedRepository({ refusesDuplicates: false });
    const answer = repository.answer.bind(repository);
    const looks: number[] = [];
    repository.answer = (request) => {
      if (request.path.startsWith("/events/")) {
        looks.push(clock.wallMs());
        return looks.length < 2 ? { status: 404, headers: {}, body: "" } : answer(request);
      }
      const taken = answer(request);
      // In words of its own.
      return request.method === "POST" ? { status: 400, headers: {}, body: '{"title":"no"}' } : taken;
    };
    const { capture, clock, commit, told } = await startBench({ repository });
    await commit(drafts(1));
    capture.start();
    await clock.turn(60_000);
    expect(looks).toHaveLength(2);
    expect(told).toEqual([]);
    expect(capture.counts).toEqual({ captured: 1, setAside: 0 });
  });

  it("sends nothing to a repository that refuses to say its limits", async () => {
    const repository = new SimulatedRepository();
    repository.answer = (request) => {
      repository.requests.push(request);
      return { status: 400, headers: {}, body: "{}" };
    };
    const { capture, clock, commit, told } = await startBench({ repository });
    await commit(drafts(1));
    capture.start();
    await clock.turn(hourMs);
    expect(repository.requests.every(({ method }) => method === "OPTIONS")).toBe(true);
    expect(told.map(({ subject }) => subject)).toEqual(["capture-shut"]);
  });

  it("asks a busy repository again at growing distance, and heeds its Retry-After", async () => {
    const repository = new SimulatedRepository();
    repository.moods.push(...Array.from({ length: 40 }, () => "busy" as const));
    const { capture, clock, commit } = await startBench({ repository });
    await commit(drafts(1));
    capture.start();
    await clock.turn(60_000);
    const early = repository.requests.length;
    expect(early).toBeGreaterThan(3);
    expect(early).toBeLessThan(60);
    await clock.turn(hourMs);
    expect(repository.requests.length - early).toBeLessThan(60);
    await clock.turn(5 * hourMs);
    expect(repository.events).toEqual(idsOf(1));
  });

  it("sends again what a job never gets done with", async () => {
    const repository = new SimulatedRepository({ jobLooks: 1_000 });
    const { capture, clock, commit } = await startBench({ repository });
    await commit(drafts(1));
    capture.start();
    await clock.turn(hourMs);
    const posts = repository.requests.filter(({ method }) => method === "POST").length;
    expect(posts).toBeGreaterThan(1);
    expect(posts).toBeLessThan(8);
    expect(repository.events).toEqual(idsOf(1));
  });

  it("writes its place down now and then while nothing is for the repository", async () => {
    const repository = new SimulatedRepository();
    const { capture, outbox, clock, commit } = await startBench({ repository });
    capture.start();
    await commit(Array.from({ length: 900 }, () => startedDraft));
    await clock.turn(10_000);
    expect(outbox.keptAfter("evt")).toBe(0);
    await commit(Array.from({ length: 200 }, () => startedDraft));
    await clock.turn(10_000);
    expect(outbox.keptAfter("evt")).toBe(1_100);
  });

  it("waits for what may not leave yet", async () => {
    const repository = new SimulatedRepository();
    let known = false;
    const departure = (body: string) => (known || !body.includes("/21/2") ? body : undefined);
    const { capture, clock, commit } = await startBench({ repository, departure });
    await commit(drafts(1, 2, 3));
    capture.start();
    await clock.turn(60_000);
    expect(repository.events).toEqual(idsOf(1));
    known = true;
    await clock.turn(10_000);
    expect(repository.events).toEqual(idsOf(1, 2, 3));
  });

  it("tells what left the outbox before it was there", async () => {
    const disk = new MemoryDisk("memory");
    const repository = new SimulatedRepository();
    const first = await startBench({ repository, disk });
    await first.commit(drafts(1, 2, 3, 4));
    await first.outbox.settle("evt", 3);
    await first.outbox.forgetOld();
    first.capture.start();
    await first.clock.turn(10_000);
    expect(repository.events).toEqual(idsOf(4));
    expect(first.told[0]).toMatchObject({
      subject: "capture-lost",
      data: { cause: expect.stringContaining("1 to 3") },
    });
  });

  it("keeps what the repository lacks although HQ has it", async () => {
    const repository = new SimulatedRepository();
    repository.moods.push(...Array.from({ length: 5 }, () => "busy" as const));
    const { capture, outbox, clock, commit } = await startBench({ repository });
    capture.start();
    await commit(drafts(...upTo(4)));
    await outbox.settle("evt", 4);
    await outbox.forgetOld();
    await clock.turn(hourMs);
    expect(repository.events).toEqual(idsOf(...upTo(4)));
    await outbox.forgetOld();
    expect(
      (await outbox.nextBatch("evt", 0, { rowsMax: 10, bytesMax: 10_000 })).map(({ sequence }) => sequence),
    ).toEqual([4]);
  });
});

describe("the capture client on a bad day", () => {
  it.each(upTo(40))(
    "loses nothing and doubles nothing, whatever ends in the middle (seed %i)",
    async (seed) => {
      const random = seededRandom(seed);
      const chance = (share: number): boolean => random.fraction() < share;
      const refused = new Set(idsOf(...upTo(40).filter(() => chance(0.05))));
      const repository = new SimulatedRepository({
        refused,
        ...(chance(0.5) && { jobLooks: Math.floor(random.fraction() * 4) }),
        errorBehaviour: chance(0.5) ? "proceed" : "rollback",
        refusesDuplicates: chance(0.7),
        ...(chance(0.5) && { eventsMax: 1 + Math.floor(random.fraction() * 12) }),
      });
      const disk = new MemoryDisk("memory");
      const setAside = new Set<string>();
      for (let start = 0; start < 8; start += 1) {
        const bench = await startBench({ repository, disk, seed: seed * 100 + start });
        const { capture, outbox, clock, commit, letters, cut } = bench;
        capture.start();
        await commit(drafts(...upTo(5).map((number) => start * 5 + number)));
        await outbox.settle("evt", outbox.position("evt").last);
        await outbox.forgetOld();
        for (let turns = 0; turns < 6; turns += 1) {
          const moods = ["busy", "deaf", "mute", "forgetful"] as const;
          if (chance(0.5)) repository.moods.push(moods[Math.floor(random.fraction() * 4)] ?? "busy");
          await clock.turn(random.fraction() * 8_000);
        }
        if (start === 7) await clock.turn(2 * hourMs);
        for (const { content } of letters) setAside.add((JSON.parse(content) as { eventID: string }).eventID);
        // A power cut: nobody closes anything, and this clock stands still for ever.
        cut();
      }
      const all = idsOf(...upTo(40));
      expect(repository.events.toSorted()).toEqual(all.filter((id) => !refused.has(id)).toSorted());
      expect([...setAside].toSorted()).toEqual([...refused].toSorted());
    },
  );
});
