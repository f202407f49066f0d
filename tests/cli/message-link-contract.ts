import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LastWill, MessageLink, ReceivedMessage } from "../../protocols/message-link.ts";
import { waitUntil } from "../wait-until.ts";

/** A broker to run the contract on: the one in memory, or a real one. */
export interface LinkBench {
  open(will?: LastWill): MessageLink;
  /** The network of this link falls without a farewell. Undefined where only the whole broker can fall. */
  readonly restart: (between?: () => Promise<void>) => Promise<void>;
  /** Lets one link vanish without a farewell while the broker goes on. */
  readonly vanish: (link: MessageLink) => Promise<void>;
  close(): Promise<void>;
}

const text = (message: ReceivedMessage | undefined): string =>
  message === undefined ? "nothing" : new TextDecoder().decode(message.payload);

/** What every MessageLink does, whatever carries it. */
export function describeMessageLink(name: string, start: () => Promise<LinkBench>): void {
  describe(`message link: ${name}`, () => {
    let bench: LinkBench;
    const opened: MessageLink[] = [];
    const open = (will?: LastWill): MessageLink => {
      const link = bench.open(will);
      opened.push(link);
      return link;
    };
    const openUp = async (will?: LastWill): Promise<MessageLink> => {
      const link = open(will);
      await waitUntil("the link is up", () => link.up);
      return link;
    };
    const collect = async (link: MessageLink, filter: string): Promise<ReceivedMessage[]> => {
      const received: ReceivedMessage[] = [];
      await link.subscribe([filter], (message) => {
        received.push(message);
      });
      return received;
    };

    beforeEach(async () => {
      bench = await start();
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((link) => link.close()));
      await bench.close();
    });

    it("carries text and bytes unchanged, in order", async () => {
      const [sender, receiver] = [await openUp(), await openUp()];
      const received = await collect(receiver, "store/+/words");
      await sender.publish("store/1/words", "Retoure angenommen, 已收到");
      await sender.publish("store/2/words", Uint8Array.of(0, 255, 13, 10));
      await sender.publish("elsewhere/1/words", "not for us");
      await sender.publish("store/3/words", "");
      await waitUntil("three messages", () => received.length === 3);
      expect(received.map((message) => message.topic)).toEqual([
        "store/1/words",
        "store/2/words",
        "store/3/words",
      ]);
      expect(text(received[0])).toBe("Retoure angenommen, 已收到");
      expect([...(received[1]?.payload ?? [])]).toEqual([0, 255, 13, 10]);
      expect(received.map((message) => message.retained)).toEqual([false, false, false]);
    });

    it("keeps a retained message for whoever subscribes later, until it is emptied", async () => {
      const sender = await openUp();
      await sender.publish("store/state", "first", { retain: true });
      await sender.publish("store/state", "second", { retain: true });
      const received = await collect(await openUp(), "store/state");
      await waitUntil("the retained message", () => received.length === 1);
      expect([text(received[0]), received[0]?.retained]).toEqual(["second", true]);
      await sender.publish("store/state", "", { retain: true });
      const latecomer = await openUp();
      const late = await collect(latecomer, "store/#");
      await latecomer.publish("store/end", "end");
      await waitUntil("the message after it", () => late.length === 1);
      expect(text(late[0])).toBe("end");
    });

    it("gives a message to every receiver whose filter matches, once each", async () => {
      const link = await openUp();
      const wide = await collect(link, "store/#");
      const narrow = await collect(link, "other/+");
      await link.publish("store/a/b", "both");
      await link.publish("other/a", "narrow");
      await waitUntil("both", () => wide.length >= 1 && narrow.length >= 1);
      expect(wide.map((message) => message.topic)).toEqual(["store/a/b"]);
      expect(narrow.map((message) => message.topic)).toEqual(["other/a"]);
    });

    it("tells a new listener at once that the link is up, and not after it was cancelled", async () => {
      const link = await openUp();
      let told = 0;
      const cancel = link.onUp(() => {
        told += 1;
      });
      expect(told).toBe(1);
      cancel();
      await bench.restart();
      await waitUntil("the link is back", () => link.up);
      expect(told).toBe(1);
    });

    it("rejects what is published while the link is down, and comes back with its subscriptions", async () => {
      const link = await openUp();
      const received = await collect(link, "store/#");
      const course: string[] = [];
      link.onDown((reason) => course.push(reason === "" ? "no reason" : "down"));
      link.onUp(() => course.push("up"));
      let rejection = "";
      await bench.restart(async () => {
        await waitUntil("the link is down", () => !link.up);
        await link.publish("store/lost", "lost").catch((error: Error) => {
          rejection = error.message;
        });
      });
      await waitUntil("the link is back", () => link.up);
      await link.publish("store/after", "after");
      await waitUntil("the message after it", () => received.length > 0);
      expect(received.map((message) => message.topic)).toEqual(["store/after"]);
      expect(rejection).toBe("the link is down");
      expect(course.filter((word) => word !== "down")).toEqual(["up", "up"]);
      expect(course[1]).toBe("down");
    });

    it("speaks its last will when it vanishes, and not when it takes leave", async () => {
      const witness = await openUp();
      const wills = await collect(witness, "will/#");
      const polite = await openUp({ topic: "will/polite", payload: "gone", retain: false });
      const lost = await openUp({ topic: "will/lost", payload: "gone", retain: true });
      await polite.close();
      await bench.vanish(lost);
      await waitUntil("the last will", () => wills.length > 0);
      expect(wills.map((message) => `${message.topic} ${text(message)}`)).toEqual(["will/lost gone"]);
    });

    it("is silent after it was closed", async () => {
      const link = await openUp();
      const received = await collect(link, "store/#");
      let downs = 0;
      link.onDown(() => {
        downs += 1;
      });
      await link.close();
      await link.close();
      expect(link.up).toBe(false);
      await expect(link.publish("store/late", "late")).rejects.toThrow("the link is down");
      const other = await openUp();
      await other.publish("store/unheard", "unheard");
      expect([received.length, downs]).toEqual([0, 0]);
    });
  });
}
