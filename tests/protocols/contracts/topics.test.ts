import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  agentOfReadingTopic,
  type Category,
  eventCategories,
  headquartersFilters,
  localTopics,
  parseUpwardTopic,
  streamOf,
  telemetryCategories,
  topicMatches,
  uplinkTopics,
} from "../../../protocols/topics.ts";

const name = { site: "store-1001", gateway: "gw-001" };
const categories: readonly Category[] = [...eventCategories, ...telemetryCategories];
const nameLetters = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/);

describe("uplink topics", () => {
  it("are those of the design", () => {
    expect(categories.map((category) => uplinkTopics.batch(name, category))).toEqual([
      "storewire/v1/store-1001/gw-001/evt/return",
      "storewire/v1/store-1001/gw-001/evt/queue",
      "storewire/v1/store-1001/gw-001/evt/weighing",
      "storewire/v1/store-1001/gw-001/evt/alert",
      "storewire/v1/store-1001/gw-001/tel/device",
      "storewire/v1/store-1001/gw-001/tel/gateway",
    ]);
    expect([
      uplinkTopics.state(name),
      uplinkTopics.acknowledgement(name),
      uplinkTopics.resend(name),
      uplinkTopics.configurationDesired(name),
      uplinkTopics.configurationReported(name),
      uplinkTopics.command(name, "restart"),
      uplinkTopics.commandReply(name, "restart"),
    ]).toEqual(
      ["state", "ack", "resend", "cfg/desired", "cfg/reported", "cmd/restart", "cmd/restart/reply"].map(
        (end) => `storewire/v1/store-1001/gw-001/${end}`,
      ),
    );
  });

  it("are read back as what they were made of", () => {
    fc.assert(
      fc.property(nameLetters, nameLetters, fc.constantFrom(...categories), (site, gateway, category) => {
        const gatewayName = { site, gateway };
        expect(parseUpwardTopic(uplinkTopics.batch(gatewayName, category))).toEqual({
          kind: "batch",
          name: gatewayName,
          stream: streamOf(category),
          category,
        });
        expect(parseUpwardTopic(uplinkTopics.state(gatewayName))).toEqual({
          kind: "state",
          name: gatewayName,
        });
      }),
    );
  });

  it.each([
    "storewire/v1/s/g/evt/device",
    "storewire/v1/s/g/tel/return",
    "storewire/v1/s/g/evt",
    "storewire/v1/s/g/evt/return/more",
    "storewire/v1/s/g/state/more",
    "storewire/v2/s/g/state",
    "storewire/v1//g/state",
    "storewire/v1/s//state",
    "storewire/v1/s/g/ack",
    "",
    "/",
  ])("does not take %j for ours", (topic) => {
    expect(parseUpwardTopic(topic)).toBeUndefined();
  });

  it("reach HQ through its filters, and what goes down does not", () => {
    const heard = (topic: string): number =>
      headquartersFilters.filter((filter) => topicMatches(filter, topic)).length;
    for (const category of categories) expect(heard(uplinkTopics.batch(name, category))).toBe(1);
    expect(heard(uplinkTopics.state(name))).toBe(1);
    expect(heard(uplinkTopics.acknowledgement(name))).toBe(0);
    expect(heard(uplinkTopics.command(name, "state"))).toBe(0);
  });
});

describe("store broker topics", () => {
  it("are those of the design, and name their agent", () => {
    expect(localTopics.reading("agent-1")).toBe("local/v1/agent-1/reading");
    expect(localTopics.command("agent-1", "print")).toBe("local/v1/agent-1/cmd/print");
    expect(topicMatches(localTopics.commandFilter("agent-1"), localTopics.command("agent-1", "print"))).toBe(
      true,
    );
    expect(topicMatches(localTopics.commandFilter("agent-1"), localTopics.command("agent-2", "print"))).toBe(
      false,
    );
    expect(agentOfReadingTopic("local/v1/agent-1/reading")).toBe("agent-1");
    for (const other of [
      "local/v1//reading",
      "local/v1/a/b/reading",
      "xlocal/v1/a/reading",
      "local/v1/a/cmd/x",
    ]) {
      expect(agentOfReadingTopic(other)).toBeUndefined();
    }
  });
});

/** MQTT 3.1.1 sections 4.7.1.2 and 4.7.1.3, their own examples. */
describe("topic filters", () => {
  it.each([
    ["sport/tennis/player1/#", "sport/tennis/player1", true],
    ["sport/tennis/player1/#", "sport/tennis/player1/ranking", true],
    ["sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true],
    ["sport/#", "sport", true],
    ["#", "sport/tennis", true],
    ["sport/tennis/+", "sport/tennis/player1", true],
    ["sport/tennis/+", "sport/tennis/player1/ranking", false],
    ["sport/+", "sport", false],
    ["sport/+", "sport/", true],
    ["+/+", "/finance", true],
    ["/+", "/finance", true],
    ["+", "/finance", false],
    ["sport/tennis", "sport/tennis/player1", false],
    ["sport/tennis/player1", "sport/tennis", false],
  ])("%s and %s: %s", (filter, topic, matches) => {
    expect(topicMatches(filter, topic)).toBe(matches);
  });
});
