import { spawnSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EvidenceFile, verdictOn } from "../../../cli/evidence/signed-file.ts";
import type { EvidenceStatement } from "../../../cli/evidence/statement.ts";
import { findChineseFont } from "../../../cli/paper/chinese-font.ts";
import { openSqliteOutbox } from "../../../outbox/sqlite-outbox.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import { badge, command, returnsBench, thing, weighed } from "../../gateway/returns/returns-bench.ts";
import { siteConfiguration } from "../../site.ts";
import { answerOf } from "../command-answer.ts";

const testMs = 60_000;
const isPoppler = ["pdftotext", "pdffonts"].every((tool) => spawnSync(tool, ["-v"]).error === undefined);
const hasChinese = isPoppler && findChineseFont(undefined) !== undefined;
if (!hasChinese)
  console.warn("skipped: evidence in Chinese (poppler-utils or a font that has Chinese is missing)");
const directory = mkdtempSync(join(tmpdir(), "evidence-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const item = thing(1);
const configuration = join(directory, "storewire.yaml");
const evidenceKeyFile = join(directory, "evidence.key");

/** An item's day as it lies on the gateway's disk, and its first event as it left. */
beforeAll(async () => {
  const site = siteConfiguration({
    directory,
    headquartersUrl: "mqtt://127.0.0.1:1883",
    returns: { evidenceKeyFile },
  });
  writeFileSync(configuration, JSON.stringify(site));
  const store = returnsBench({ deadlines: { informed: 0 } });
  store.see("returns-desk", badge("ANNA"));
  store.see("returns-desk", item.code);
  store.wait(2_000);
  store.see("returns-desk", weighed("1.254"));
  store.see("inspection", item.code);
  store.see("inspection", command("grade-b"));
  const { outbox } = await openSqliteOutbox({
    path: join(directory, "gateway.db"),
    clock: new ManualClock(),
  });
  const first = [...store.archive.values()][0] as { readonly data: object };
  const envelope = (sequence: number): string =>
    JSON.stringify({ id: "envelope-1", epoch: outbox.epoch, sequence: String(sequence), data: first.data });
  await outbox.commit({
    entries: [{ stream: "evt", category: "return", body: envelope }],
    documents: [...store.archive].map(([key, value]) => ({
      collection: "returns-history",
      key,
      value: JSON.stringify(value),
    })),
  });
  await outbox.close();
});

async function evidenceOf(...words: readonly string[]) {
  const answer = await answerOf(["returns", "evidence", item.uri, "-c", configuration, ...words]);
  expect(answer).toMatchObject({ exitCode: 0, stderr: "" });
  const text = answer.stdout.join("\n");
  const file = JSON.parse(text) as EvidenceFile;
  return { text, file, statement: JSON.parse(file.statement) as EvidenceStatement };
}

describe("evidence for an item", () => {
  test(
    "holds every step with its device, reading, clock and identity, and where HQ has it",
    async () => {
      const { text, statement } = await evidenceOf();
      expect(statement).toMatchObject({
        format: "storewire-evidence-1",
        item: item.uri,
        site: { id: "store-0042", gateway: "gw1" },
      });
      expect(statement.steps.map(({ type }) => type)).toEqual(
        ["handed-in", "weighed", "inspected", "graded"].map((name) => `storewire.return.${name}`),
      );
      for (const step of statement.steps) {
        expect(step).toMatchObject({
          eventIdMatches: true,
          clock: "synced",
          boot: "boot1",
          device: expect.any(String),
        });
        expect(step.event).toMatchObject({
          eventID: expect.stringMatching(/^ni:/),
          "@context": expect.any(Array),
        });
      }
      expect(statement.steps[0]?.place).toMatchObject({ id: "envelope-1", sequence: "1" });
      expect(JSON.stringify(statement.steps)).toContain("1.254");
      expect(JSON.stringify(statement.steps[0])).toContain("ANNA");
      expect(verdictOn(text)).toMatchObject({ ok: true });
    },
    testMs,
  );

  test(
    "is signed with a key that only its owner reads, the same each time, whose public half can be had before",
    async () => {
      const first = await evidenceOf();
      expect(statSync(evidenceKeyFile).mode & 0o777).toBe(0o600);
      const second = await evidenceOf();
      expect(second.file.publicKey).toBe(first.file.publicKey);
      const { stdout } = await answerOf(["returns", "evidence", "--public-key", "-c", configuration]);
      expect(`${stdout.join("\n")}\n`).toBe(first.file.publicKey);
    },
    testMs,
  );

  test(
    "can be verified with jq and openssl alone, and by us; changed by one letter by neither",
    async () => {
      const { text } = await evidenceOf();
      const path = join(directory, "evidence.json");
      const openssl = (content: string) => {
        writeFileSync(path, content);
        const script = `set -e
          jq -j .statement ${path} > ${directory}/statement.json
          jq -r .publicKey ${path} > ${directory}/public.pem
          jq -r .signature ${path} | base64 -d > ${directory}/signature.bin
          openssl pkeyutl -verify -pubin -inkey ${directory}/public.pem -rawin -in ${directory}/statement.json -sigfile ${directory}/signature.bin`;
        return spawnSync("sh", ["-c", script], { encoding: "utf8" }).status;
      };
      const verify = async (content: string) => {
        writeFileSync(path, content);
        const { exitCode, stdout } = await answerOf(["returns", "evidence", "--verify", path]);
        return { exitCode, ...(JSON.parse(stdout.join()) as object) };
      };
      const changed = text.replace("1.254", "1.255");
      expect(await verify(text)).toMatchObject({ exitCode: 0, ok: true, item: item.uri, events: 4 });
      expect(await verify(changed)).toMatchObject({
        exitCode: 1,
        ok: false,
        reason: expect.stringContaining("not what was signed"),
      });
      const tools = ["jq --version", "openssl version"].every(
        (line) => spawnSync("sh", ["-c", line]).status === 0,
      );
      if (!tools) console.warn("skipped: verifying evidence without us (jq or openssl is missing)");
      else expect([openssl(text), openssl(changed)]).toEqual([0, 1]);
    },
    testMs,
  );

  test(
    "is a readable PDF as well, which carries the signed file",
    async () => {
      const pdf = join(directory, "evidence.pdf");
      const { text } = await evidenceOf("--pdf", pdf, "--language", "en");
      const words = spawnSync("pdftotext", ["-layout", pdf, "-"], { encoding: "utf8" });
      if (words.error !== undefined) {
        console.warn("skipped: the words of evidence in PDF (poppler-utils is missing)");
        return;
      }
      expect(words.stdout).toContain(item.uri);
      expect(words.stdout).toContain("1.254");
      const saved = join(directory, "saved.json");
      spawnSync("pdfdetach", ["-save", "1", "-o", saved, pdf]);
      expect(JSON.parse(readFileSync(saved, "utf8"))).toEqual(JSON.parse(text));
    },
    testMs,
  );

  test.skipIf(!hasChinese)(
    "is written in Chinese, in English, or in both, and carries the letters",
    async () => {
      const wordsOf = async (language: string) => {
        const pdf = join(directory, `evidence-${language}.pdf`);
        await evidenceOf("--pdf", pdf, "--language", language);
        expect(spawnSync("pdffonts", [pdf], { encoding: "utf8" }).stdout).not.toMatch(
          / no +(yes|no) +(yes|no) +\d/,
        );
        return spawnSync("pdftotext", ["-layout", pdf, "-"], { encoding: "utf8" }).stdout;
      };
      const [both, chinese, english] = await Promise.all(["both", "zh", "en"].map(wordsOf));
      const chineseWords = [
        "退货商品证据",
        "退货登记",
        "已退回",
        "定级",
        "等级 B",
        "称重",
        "员工 ANNA",
        "签名",
      ];
      const englishWords = [
        "Evidence for one",
        "handed in",
        "graded conformant",
        "grade B",
        "clerk ANNA",
        "Signature",
      ];
      for (const words of [...chineseWords, ...englishWords]) expect(both).toContain(words);
      for (const words of chineseWords)
        expect([chinese, english].map((text) => text?.includes(words))).toEqual([true, false]);
      for (const words of englishWords)
        expect([chinese, english].map((text) => text?.includes(words))).toEqual([false, true]);
    },
    testMs,
  );

  test(
    "says what is missing instead of printing boxes for Chinese, and needs nothing for English",
    async () => {
      const pdf = join(directory, "none.pdf");
      const words = ["returns", "evidence", item.uri, "-c", configuration, "--pdf", pdf];
      const font = join(directory, "no.ttf");
      expect(await answerOf([...words, "--font", font])).toMatchObject({
        exitCode: 69,
        stdout: [],
        stderr: expect.stringMatching(/no\.ttf is not on this machine.*--language en/),
      });
      expect(existsSync(pdf)).toBe(false);
    },
    testMs,
  );

  test(
    "is refused for an item that nobody knows, and without one",
    async () => {
      const unknown = await answerOf(["returns", "evidence", thing(99).uri, "-c", configuration]);
      expect(unknown).toMatchObject({
        exitCode: 1,
        stdout: [],
        stderr: expect.stringContaining("nothing is known"),
      });
      expect(await answerOf(["returns", "evidence", "-c", configuration])).toMatchObject({ exitCode: 64 });
    },
    testMs,
  );

  test(
    "says where its key cannot be made, and which line names the place",
    async () => {
      const elsewhere = join(directory, "elsewhere.yaml");
      const site = JSON.parse(readFileSync(configuration, "utf8")) as { returns: object };
      const nowhere = join(directory, "missing", "evidence.key");
      writeFileSync(elsewhere, JSON.stringify({ ...site, returns: { evidenceKeyFile: nowhere } }));
      expect(await answerOf(["returns", "evidence", item.uri, "-c", elsewhere])).toMatchObject({
        exitCode: 69,
        stdout: [],
        stderr: expect.stringMatching(/cannot be made at .*missing.*ENOENT.*returns\.evidenceKeyFile/),
      });
    },
    testMs,
  );
});

describe("a verdict on evidence", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const signed = (statement: object, key = privateKey): string => {
    const text = JSON.stringify(statement);
    const pem = createPublicKey(publicKey.export({ type: "spki", format: "pem" })).export({
      type: "spki",
      format: "pem",
    });
    return JSON.stringify({
      statement: text,
      publicKey: pem,
      signature: sign(null, Buffer.from(text), key).toString("base64"),
    });
  };
  const statement = { format: "storewire-evidence-1", item: "x", steps: [] };

  test.each([
    ["", "no evidence file"],
    ["[]", "no evidence file"],
    ['{"statement":"x","publicKey":"y"}', "the statement is no storewire-evidence-1"],
    [signed({ ...statement, format: "other" }), "the statement is no storewire-evidence-1"],
    [signed(statement).replace("BEGIN PUBLIC KEY", "BEGIN"), "the key cannot be read"],
    [signed(statement, generateKeyPairSync("ed25519").privateKey), "not what was signed"],
    [
      signed({ ...statement, steps: [{ event: { type: "ObjectEvent", eventID: "ni:///x" } }] }),
      "not the hash",
    ],
  ])("%s: %s", (text, reason) => {
    expect(verdictOn(text)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });

  test("is yes for what was signed", () => {
    expect(verdictOn(signed(statement))).toMatchObject({
      ok: true,
      fingerprint: expect.stringMatching(/^[0-9a-f ]{79}$/),
    });
  });
});
