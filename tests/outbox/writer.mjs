// Writes commits until it is killed, and says which ones are on disk. Run by kill.test.ts on the built outbox.
import { openSqliteOutbox } from "../../dist/outbox/sqlite-outbox.js";

const clock = { wallMs: () => 0, monotonicMs: () => 0, quality: () => "synced", after: () => () => {} };
const { outbox } = await openSqliteOutbox({ path: process.argv[2], clock });
let commits = Number((await outbox.documents("count")).get("commits") ?? "0");

async function writeOn() {
  for (;;) {
    commits += 1;
    const commit = commits;
    const parts = 1 + (commit % 5);
    let last = 0;
    await outbox.commit({
      entries: Array.from({ length: parts }, (_, part) => ({
        stream: "evt",
        category: "return",
        body: (sequence) => {
          last = sequence;
          return JSON.stringify({ sequence, commit, part, parts, filler: "x".repeat((commit % 7) * 300) });
        },
      })),
      marks: [{ source: "agent1", epoch: "e", sequence: commit }],
      documents: [{ collection: "count", key: "commits", value: String(commit) }],
    });
    process.stdout.write(`${last} ${commit}\n`);
    if (commit % 9 === 0) await outbox.settle("evt", last);
  }
}

await Promise.all(Array.from({ length: 4 }, writeOn));
