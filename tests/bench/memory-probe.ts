// Loaded beside a service by `node --expose-gc --import`: tells its memory for each line on stdin. The service
// itself knows nothing of it.
import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  if (line === "collect") globalThis.gc?.();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  process.stdout.write(`${JSON.stringify({ memory: { rss, heapUsed, external, arrayBuffers } })}\n`);
});
