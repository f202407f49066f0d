import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { AskedPart } from "../../../cli/supervision/asked-part.ts";
import { knockAtBroker } from "../../../cli/supervision/broker-knock.ts";
import { LinkWatch } from "../../../cli/supervision/link-watch.ts";
import { OutboxWatch } from "../../../cli/supervision/outbox-watch.ts";
import { systemClock } from "../../../cli/system.ts";
import { MemoryDisk, openMemoryOutbox } from "../../../outbox/memory-outbox.ts";
import type { MessageLink } from "../../../protocols/message-link.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import { freePort } from "../../real-broker.ts";

/** A link that does what the test says. */
function scriptedLink() {
  const up = new Set<() => void>();
  const down = new Set<(reason: string) => void>();
  const answers: (() => void)[] = [];
  const link: MessageLink = {
    up: false,
    publish: () => new Promise((resolve) => answers.push(resolve)),
    subscribe: () => Promise.resolve(),
    onUp(listener) {
      up.add(listener);
      return () => up.delete(listener);
    },
    onDown(listener) {
      down.add(listener);
      return () => down.delete(listener);
    },
    close: () => Promise.resolve(),
  };
  return {
    link,
    rise() {
      for (const listener of up) listener();
    },
    fall() {
      for (const listener of down) listener("gone");
    },
    answer: () => answers.shift()?.(),
  };
}

describe("a link's pulse", () => {
  it("wants tries while it is down, and answers while it is up", async () => {
    const clock = new ManualClock();
    const script = scriptedLink();
    const watch = new LinkWatch(script.link, "headquarters", clock, 30_000);
    const pulse = () => {
      const { steps, rests, stillMsMax } = watch.pulse();
      return [steps, rests, stillMsMax];
    };
    expect(pulse()).toEqual([0, false, 90_000]);
    script.fall();
    script.fall();
    expect(pulse()).toEqual([2, false, 90_000]);
    script.rise();
    expect(pulse()).toEqual([3, true, 600_000]);
    const published = watch.link.publish("topic", "payload");
    expect(pulse()).toEqual([3, false, 600_000]);
    script.answer();
    await published;
    expect(pulse()).toEqual([4, true, 600_000]);
  });

  it("says since when, whatever tries fail meanwhile", async () => {
    const clock = new ManualClock();
    const script = scriptedLink();
    const watch = new LinkWatch(script.link, "headquarters", clock, 30_000);
    await clock.turn(5_000);
    script.fall();
    expect(watch.status()).toEqual({ name: "headquarters", up: false, forMs: 5_000 });
    script.rise();
    await clock.turn(1_000);
    expect(watch.status()).toEqual({ name: "headquarters", up: true, forMs: 1_000 });
  });
});

describe("an outbox's pulses", () => {
  it("rest while nothing is asked of the disk, and step with what comes back, good or bad", async () => {
    const clock = new ManualClock();
    const watch = new OutboxWatch(await openMemoryOutbox({ clock, disk: new MemoryDisk("epoch") }));
    const seen = () => watch.pulses().map(({ part, steps, rests }) => `${part} ${steps} ${rests}`);
    expect(seen()).toEqual(["writer 0 true", "reader 0 true"]);
    const commit = watch.outbox.commit({ documents: [{ collection: "a", key: "b", value: "1" }] });
    expect(seen()).toEqual(["writer 0 false", "reader 0 true"]);
    await commit;
    await watch.outbox.documents("a");
    expect(seen()).toEqual(["writer 1 true", "reader 1 true"]);
    await watch.outbox.close();
    await expect(watch.outbox.commit({})).rejects.toThrow("closed");
    expect(seen()).toEqual(["writer 2 true", "reader 1 true"]);
  });
});

describe("a part that is asked", () => {
  it("steps with each answer, is asked one question at a time, and not more often than it shall", async () => {
    const clock = new ManualClock();
    const answers: ((answered: boolean) => void)[] = [];
    const part = new AskedPart({
      part: "commit point",
      ask: () =>
        new Promise((resolve, reject) => {
          answers.push((answered) => (answered ? resolve() : reject(new Error("no"))));
        }),
      everyMs: 5_000,
      stillMsMax: 90_000,
      clock,
    });
    const looked = async (): Promise<readonly number[]> => {
      part.look();
      await clock.turn(0);
      return [answers.length, part.pulse().steps];
    };
    expect(await looked()).toEqual([1, 0]);
    await clock.turn(60_000);
    expect(await looked()).toEqual([1, 0]);
    answers[0]?.(true);
    await clock.turn(0);
    expect(await looked()).toEqual([1, 1]);
    await clock.turn(5_000);
    expect(await looked()).toEqual([2, 1]);
    answers[1]?.(false);
    await clock.turn(5_000);
    expect(await looked()).toEqual([3, 1]);
  });
});

describe("a knock at the store broker", () => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  const listening = (welcome: (socket: Socket) => void): Promise<number> =>
    new Promise((resolve) => {
      const server = createServer({ allowHalfOpen: true }, (socket) => {
        sockets.push(socket);
        socket.on("error", () => undefined);
        welcome(socket);
      });
      servers.push(server);
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(address !== null && typeof address === "object" ? address.port : 0);
      });
    });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) server.close();
  });

  it("is heard where the visitor's leave is answered", async () => {
    const port = await listening((socket) => socket.resume().once("end", () => socket.end()));
    await expect(knockAtBroker("0.0.0.0", port, systemClock())).resolves.toBeUndefined();
  });

  it("is heard at a door that is shut because too many are there", async () => {
    const port = await listening((socket) => socket.resetAndDestroy());
    await expect(knockAtBroker("127.0.0.1", port, systemClock())).resolves.toBeUndefined();
  });

  it("is not heard where nobody listens", async () => {
    await expect(knockAtBroker("127.0.0.1", await freePort(), systemClock())).rejects.toThrow("ECONNREFUSED");
  });

  it("is not heard where only the kernel takes connections", async () => {
    const clock = new ManualClock();
    let welcomed = (): void => undefined;
    const visit = new Promise<void>((resolve) => {
      welcomed = resolve;
    });
    const knock = knockAtBroker("127.0.0.1", await listening(() => welcomed()), clock);
    const heard = expect(knock).rejects.toThrow("nobody answers");
    await visit;
    await clock.turn(10_000);
    await heard;
  });
});
