import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LlrpSession } from "../../../drivers/families/llrp.ts";
import { everyLong } from "../../../protocols/codecs/llrp/find.ts";
import { llrp } from "../../../protocols/codecs/llrp.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { llrpDefaults } from "../../../simulators/devices/parts/llrp-state.ts";
import { epcs, llrpPump, message, sentAs, sentMessages, sentNames } from "./llrp-bench.ts";
import { splitAt } from "./pump.ts";

const epcHex = "30340789000c0f4000000001";
const longEpcHex = "1fb41f712ac9c37ab79d618173188324001a";
const clockStartMs = llrpDefaults.clockStartUs / 1_000;

describe("llrp", () => {
  it("lets the reader speak first, learns what it is, sets it up and starts to read", async () => {
    const reader = llrpPump();
    reader.toHost({ kind: "opened" });
    expect(reader.sent).toEqual([]);
    await reader.open(1_000);
    expect(reader.ready).toBe(true);
    expect(sentNames(reader)).toEqual([
      "GET_READER_CAPABILITIES",
      "GET_READER_CONFIG",
      "SET_READER_CONFIG",
      "DELETE_ROSPEC",
      "ADD_ROSPEC",
      "ENABLE_ROSPEC",
      "START_ROSPEC",
    ]);
    expect(reader.device.roSpec?.moves).toBe("active");
    expect([reader.noiseBytes, reader.degraded, reader.deviceTimes]).toEqual([0, [], [clockStartMs]]);
  });

  it("reads tags with antenna, signal, frequency and the reader's own time, at every cut of the line", async () => {
    for (const epc96 of [true, false]) {
      for (let position = 0; position <= 90; position += 5) {
        const reader = llrpPump({ options: { epc96 } });
        reader.line = splitAt(position);
        reader.stimulate({ kind: "tag-near", epcHex, antenna: 3, rssiDbm: -47 });
        reader.stimulate({ kind: "tag-near", epcHex: longEpcHex, antenna: 1 });
        await reader.open(1_000);
        expect(epcs(reader)).toEqual([epcHex, longEpcHex]);
        const seen = { kind: "tag", change: "seen", epcHex, antenna: 3, rssiDbm: -47, frequencyMhz: 921.375 };
        expect(reader.observations[0]).toEqual(seen);
        expect(reader.observedMs[0]).toBeGreaterThan(clockStartMs);
        expect(reader.noiseBytes).toBe(0);
      }
    }
  });

  it("takes 45 reports in two segments", async () => {
    const reader = llrpPump();
    await reader.open(500);
    const segments: number[] = [];
    reader.line = (bytes) => {
      segments.push(bytes.length);
      return [{ bytes }];
    };
    reader.stimulate({ kind: "flaw", flaw: "report-flood", times: 1 });
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    await reader.clock.turn(100);
    reader.stimulate({ kind: "tag-gone", epcHex });
    expect([segments[0], segments.length]).toEqual([1_460, 2]);
    expect(reader.observations).toHaveLength(45);
  });

  it("takes a report without antenna, steps over what it does not know, and fails only the message it cannot read", async () => {
    const reader = llrpPump();
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    for (const flaw of ["no-antenna", "unknown-parameter"] as const)
      reader.stimulate({ kind: "flaw", flaw, times: 1 });
    await reader.open(500);
    expect(reader.observations[0]).not.toHaveProperty("antenna");
    expect(reader.noiseBytes).toBe(0);
    const before = reader.observations.length;
    reader.stimulate({ kind: "flaw", flaw: "unknown-fixed-parameter", times: 1 });
    await reader.clock.turn(200);
    expect(reader.noiseBytes).toBeGreaterThan(40);
    expect(reader.observations).toHaveLength(before + 1);
    expect(reader.givenUp).toEqual([]);
  });

  it("hears events that come before the word that the connection is taken, and sends nothing before it", async () => {
    const reader = llrpPump({ settings: { antennas: [1] } });
    reader.hostHeard = false;
    reader.toHost({ kind: "opened" });
    const event = { name: "AntennaEvent", fields: { EventType: 0, AntennaID: 1 }, parameters: [] };
    const data = { name: "ReaderEventNotificationData", fields: {}, parameters: [event] };
    reader.arrive(message("READER_EVENT_NOTIFICATION", 1, {}, data));
    reader.arrive(message("RO_ACCESS_REPORT", 2));
    expect([reader.sent, reader.state.asked]).toEqual([[], "hello"]);
    expect(reader.degraded).toMatchObject([{ code: "antenna-missing" }]);
    const early = llrpPump();
    early.stimulate({ kind: "flaw", flaw: "events-first", times: 1 });
    await early.open(500);
    expect(early.ready).toBe(true);
  });

  it.each([
    [1, "port-in-use"],
    [2, "port-in-use"],
    [3, "reader-error"],
    [4, "port-in-use"],
  ])("gives up when the connection is refused with status %i", (Status, code) => {
    const reader = llrpPump();
    reader.toHost({ kind: "opened" });
    const attempt = { name: "ConnectionAttemptEvent", fields: { Status }, parameters: [] };
    const data = { name: "ReaderEventNotificationData", fields: {}, parameters: [attempt] };
    reader.arrive(message("READER_EVENT_NOTIFICATION", 1, {}, data));
    expect(reader.givenUp).toMatchObject([{ code }]);
    expect(reader.sent).toEqual([]);
  });

  it("says who holds the session, and gets in once it is free", async () => {
    const reader = llrpPump();
    reader.stimulate({ kind: "flaw", flaw: "session-held", times: 1 });
    await reader.open(100);
    expect(reader.givenUp).toEqual([
      { code: "port-in-use", detail: "another client holds the reader's only session" },
    ]);
  });

  it("answers each sign of life at once, under its number, for ten minutes", async () => {
    const reader = await llrpPump().open(600_000);
    expect([reader.givenUp, reader.device.unanswered]).toEqual([[], 0]);
    const acks = sentMessages(reader).filter(({ name }) => name === "KEEPALIVE_ACK");
    expect(acks.length).toBeGreaterThan(55);
    expect(new Set(acks.map(({ id }) => id)).size).toBe(acks.length);
  });

  it("is thrown out by a reader whose signs of life it does not answer", async () => {
    const reader = await llrpPump().open(1_000);
    reader.hostHeard = false;
    await reader.clock.turn(40_000);
    expect(reader.givenUp).toEqual([{ code: "connection-lost", detail: "the reader ended the session" }]);
  });

  it("gives up when two signs of life and a half are missing, though tags come no more than before", async () => {
    const reader = await llrpPump().open(1_000);
    reader.stimulate({ kind: "flaw", flaw: "keepalive-missing", times: 100 });
    await reader.clock.turn(23_000);
    expect(reader.givenUp).toEqual([]);
    await reader.clock.turn(3_000);
    expect(reader.givenUp).toEqual([{ code: "silent", detail: "no answer to reading" }]);
  });

  it("closes a connection whose messages have no end, because nothing marks the next one", async () => {
    const reader = await llrpPump().open(1_000);
    reader.stimulate({ kind: "flaw", flaw: "absurd-length", times: 1 });
    await reader.clock.turn(200);
    expect(reader.givenUp).toMatchObject([{ code: "noisy" }]);
    expect(reader.state.rest.length).toBeLessThan(20);
  });

  it("knows a device that is no LLRP reader, and one that says nothing", async () => {
    const stranger = llrpPump();
    stranger.toHost({ kind: "opened" });
    stranger.arrive(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n"));
    expect(stranger.givenUp).toMatchObject([{ code: "wrong-device" }]);
    const silent = llrpPump();
    silent.line = () => [];
    await silent.open(5_000);
    expect(silent.givenUp).toEqual([{ code: "handshake-timeout", detail: "no answer to hello" }]);
  });

  it("waits for the rest of a message that TCP holds back", async () => {
    const reader = await llrpPump().open(1_000);
    reader.line = (bytes) => [{ bytes: bytes.subarray(0, 20) }, { bytes: bytes.subarray(20), afterMs: 90 }];
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    await reader.clock.turn(2_000);
    expect([reader.givenUp, reader.noiseBytes]).toEqual([[], 0]);
    expect(reader.observations.length).toBeGreaterThan(10);
  });

  it("does not take a late answer to another request for this one's", () => {
    const reader = llrpPump();
    reader.hostHeard = false;
    reader.toHost({ kind: "opened" });
    const attempt = { name: "ConnectionAttemptEvent", fields: { Status: 0 }, parameters: [] };
    const data = { name: "ReaderEventNotificationData", fields: {}, parameters: [attempt] };
    reader.arrive(message("READER_EVENT_NOTIFICATION", 1, {}, data));
    const done = { name: "LLRPStatus", fields: { StatusCode: 0, ErrorDescription: "" }, parameters: [] };
    reader.arrive(message("GET_READER_CONFIG_RESPONSE", 4, {}, done));
    reader.arrive(message("GET_READER_CAPABILITIES_RESPONSE", 77, {}, done));
    expect(reader.state.asked).toBe("capabilities");
    reader.arrive(message("GET_READER_CAPABILITIES_RESPONSE", 3, {}, done));
    expect(reader.state.asked).toBe("configuration");
  });

  it("never throws and keeps a small rest, whatever arrives", () => {
    const own = fc.constantFrom(0x04, 0x3d, 0x3e, 0x3f, 0x00, 0x0a, 0x2c, 0xf0, 0x8d, 0x81);
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(own).map((bytes) => Uint8Array.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
        const reader = llrpPump();
        reader.toHost({ kind: "opened" });
        for (const bytes of chunks) reader.arrive(bytes);
        expect(reader.state.rest.length).toBeLessThan(llrp.frameBytesMax);
      }),
    );
  });

  it("closes its session when the connection ends, so that the next one gets in", async () => {
    const session = new LlrpSession({
      antennas: [],
      reportEvery: 1,
      keepaliveMs: 1_000,
      hold: false,
      extensions: "none",
    });
    expect(session.farewell(session.initial)).toBe(undefined);
    const reader = await llrpPump().open(500);
    expect(toHex(session.farewell(reader.state) ?? new Uint8Array())).toMatch(/^040e0000000a/);
  });
});

describe("what llrp sets up", () => {
  it("takes mode and Tari, power and hop table from the reader's own tables", async () => {
    const settings = { antennas: [1, 2], powerDbm: 22, session: 2 } as const;
    const reader = await llrpPump({ settings: { ...settings, antennas: [1, 2] } }).open(500);
    const [add] = sentMessages(reader).filter(({ name }) => name === "ADD_ROSPEC");
    const fieldsOf = (name: string) => everyLong(add?.parameters ?? [], name).map(({ fields }) => fields);
    expect(fieldsOf("AISpec")).toEqual([{ AntennaIDs: [1, 2] }]);
    expect(fieldsOf("AntennaConfiguration")).toEqual([{ AntennaID: 1 }, { AntennaID: 2 }]);
    expect(fieldsOf("C1G2RFControl")[0]).toEqual({ ModeIndex: 2, Tari: 25_000 });
    expect(fieldsOf("RFTransmitter")[0]).toEqual({ HopTableID: 1, ChannelIndex: 0, TransmitPower: 3 });
    expect(fieldsOf("C1G2SingulationControl")[0]).toMatchObject({ Session: 2 });
    expect(reader.degraded).toEqual([]);
  });

  it("says that the reader lacks the mode that is configured, and uses another", async () => {
    const reader = llrpPump({ settings: { modeIndex: 1_002 } });
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    await reader.open(500);
    expect(reader.degraded).toEqual([
      { code: "reader-error", detail: "the reader has no mode 1002; it uses 2" },
    ]);
    expect(epcs(reader)).toEqual([epcHex]);
  });

  it("writes the configuration only where it is another", async () => {
    const reader = await llrpPump().open(500);
    expect(reader.device.writes).toBe(1);
    expect(sentAs(reader, "SET_READER_CONFIG")).toMatchObject([{ keepalive: { type: 1, ms: 10_000 } }]);
    reader.toDevice({ kind: "opened" });
    reader.toHost({ kind: "opened" });
    await reader.clock.turn(500);
    expect(reader.device.writes).toBe(1);
    expect(reader.device.roSpec?.moves).toBe("active");
  });

  it("lets a reader that held its reports go on with them", async () => {
    const reader = await llrpPump({ settings: { hold: true } }).open(500);
    expect(sentNames(reader).at(-1)).toBe("ENABLE_EVENTS_AND_REPORTS");
    reader.toDevice({ kind: "opened" });
    expect(reader.device.holding).toBe(true);
    reader.toHost({ kind: "opened" });
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    await reader.clock.turn(500);
    expect([reader.device.holding, epcs(reader)]).toEqual([false, [epcHex]]);
  });

  it("switches the maker's extensions on before anything else, and goes on without them", async () => {
    const reader = await llrpPump({ settings: { extensions: "impinj" } }).open(500);
    expect(toHex(reader.sent[0] ?? new Uint8Array())).toBe("07ff00000013000000020000651a1500000000");
    expect([reader.ready, reader.degraded]).toEqual([true, []]);
    const other = llrpPump({ settings: { extensions: "impinj" } });
    const status = { name: "LLRPStatus", fields: { StatusCode: 109, ErrorDescription: "" }, parameters: [] };
    other.line = (bytes) => [{ bytes: bytes[0] === 0x07 ? message("ERROR_MESSAGE", 2, {}, status) : bytes }];
    await other.open(500);
    expect(other.degraded).toEqual([
      { code: "reader-error", detail: "extensions refused: unsupported message (109)" },
    ]);
    expect(other.device.roSpec?.moves).toBe("active");
  });

  it("names what was refused, where and why, and tries again after a pause", async () => {
    const reader = llrpPump({ settings: { antennas: [9] } });
    await reader.open(4_000);
    expect(reader.degraded).toEqual([
      {
        code: "reader-error",
        detail:
          "ADD_ROSPEC refused: wrong parameter within (200), AISpec: wrong field within (201), field 2: wrong field (101): no such antenna",
      },
    ]);
    expect(sentNames(reader).filter((name) => name === "ADD_ROSPEC")).toHaveLength(1);
    const told = await llrpPump().open(500);
    told.stimulate({ kind: "fail-next", error: 401 });
    told.stimulate({ kind: "flaw", flaw: "rospec-ends", times: 1 });
    await told.clock.turn(10_000);
    expect(told.degraded).toEqual([
      { code: "reader-error", detail: "ADD_ROSPEC refused: device error (401): told to refuse" },
    ]);
    expect([told.healthyCount, told.device.roSpec?.moves]).toEqual([1, "active"]);
  });

  it("knows a reader that stands at the wrong address by its number", async () => {
    const right = await llrpPump({ settings: { identification: "001625ffff112233" } }).open(500);
    expect([right.ready, right.givenUp]).toEqual([true, []]);
    const wrong = await llrpPump({ settings: { identification: "001625ffff445566" } }).open(500);
    expect(wrong.givenUp).toEqual([{ code: "wrong-device", detail: "the reader 001625ffff112233 answered" }]);
  });
});

describe("what an llrp reader says of itself", () => {
  it("is an antenna that is missing, from the start or later, if it is one that is used", async () => {
    const reader = llrpPump({ settings: { antennas: [1, 2] } });
    reader.stimulate({ kind: "antenna-lost", antenna: 2 });
    reader.stimulate({ kind: "antenna-lost", antenna: 4 });
    await reader.open(500);
    expect(reader.degraded).toEqual([{ code: "antenna-missing", detail: "antenna 2 is not connected" }]);
    reader.stimulate({ kind: "antenna-back", antenna: 2 });
    await reader.clock.turn(100);
    expect(reader.healthyCount).toBe(1);
    reader.stimulate({ kind: "antenna-lost", antenna: 1 });
    await reader.clock.turn(100);
    expect(reader.degraded[1]).toEqual({ code: "antenna-missing", detail: "antenna 1 is not connected" });
  });

  it.each([
    ["buffer-warning", "the report buffer is 80 % full"],
    ["buffer-overflow", "the report buffer overflowed: tags are lost"],
    ["exception", "exception: fan stopped"],
  ] as const)("is %s, until the next sign of life", async (flaw, detail) => {
    const reader = await llrpPump().open(500);
    reader.stimulate({ kind: "flaw", flaw, times: 1 });
    await reader.clock.turn(1_000);
    expect(reader.degraded).toEqual([{ code: "reader-error", detail }]);
    await reader.clock.turn(10_000);
    expect(reader.healthyCount).toBe(1);
  });

  it("is nothing for a while, when it restarts: then a new connection sets it up anew", async () => {
    const reader = await llrpPump().open(500);
    reader.stimulate({ kind: "restart" });
    expect([reader.device.session, reader.device.roSpec]).toEqual(["none", undefined]);
    await reader.clock.turn(30_000);
    expect(reader.givenUp).toMatchObject([{ code: "silent" }]);
  });

  it("is that its ROSpec has ended: then it is started again", async () => {
    const reader = await llrpPump().open(500);
    reader.stimulate({ kind: "flaw", flaw: "rospec-ends", times: 1 });
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    await reader.clock.turn(3_000);
    expect(reader.device.roSpec?.moves).toBe("active");
    expect(epcs(reader)).toEqual([epcHex]);
  });

  it("may be a maker's own message, which disturbs nothing", async () => {
    const reader = await llrpPump().open(500);
    reader.stimulate({ kind: "flaw", flaw: "custom-message", times: 3 });
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    await reader.clock.turn(1_000);
    expect([reader.noiseBytes, reader.givenUp, epcs(reader)]).toEqual([0, [], [epcHex]]);
  });
});
