import { readFileSync } from "node:fs";

const up = () => readFileSync("/proc/uptime", "utf8").split(" ")[0];
console.log("probe node up", up());
await import("sqlite3");
console.log("probe sqlite3", up());
await import("/tmp/room-c/tree/dist/outbox/sqlite-outbox.js");
console.log("probe outbox", up());
await import("/tmp/room-c/tree/dist/cli/system.js");
console.log("probe system", up());
