import { Agent } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { consoleLimits } from "../../../gateway/console/limits.ts";
import { asJson, ask, jsonOf, login, openConsole, press, pressId, token, watch } from "./open-console.ts";

const post = (headers: Readonly<Record<string, string>> = {}, body = "{}") => ({
  method: "POST",
  headers: { ...asJson, ...headers },
  body,
});

describe("pages", () => {
  test("come with everything that they refer to, from here and with nothing inline", async () => {
    const { port } = await openConsole();
    for (const path of ["/", "/kiosk/kiosk", "/counter/counter-1", "/board", "/ticket/known"]) {
      const page = await ask(port, path);
      expect(page.status, path).toBe(200);
      expect(page.headers["content-security-policy"]).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(page.headers["x-content-type-options"]).toBe("nosniff");
      expect(page.headers["referrer-policy"]).toBe("no-referrer");
      expect(page.text).not.toMatch(/<script(?![^>]* src="\/assets\/)|<style|style="| on[a-z]+="|https?:/);
      const parts = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, part]) => part ?? "");
      expect(parts.length).toBeGreaterThan(1);
      for (const part of parts) expect((await ask(port, part)).status, part).toBe(200);
    }
  });

  test("are those of the configured screens, and no others", async () => {
    const { port } = await openConsole();
    for (const path of ["/kiosk/elsewhere", "/counter/kiosk", "/counter/", "/board/1", "/nothing"])
      expect((await ask(port, path)).status, path).toBe(404);
  });

  test.each([
    "/assets/../console.js",
    "/assets/..%2fconsole.js",
    "/assets/%2e%2e/console.js",
    "/assets/....//console.js",
    "/assets//etc/passwd",
    "/assets/..\\console.js",
    "/../../../etc/passwd",
    "/assets/tsconfig.json",
    "/assets/kiosk.d.ts",
    "/assets/constructor",
    "//etc/passwd",
    "http://127.0.0.1/etc/passwd",
  ])("name no file: %s", async (path) => {
    const { port } = await openConsole();
    expect((await ask(port, path)).status).toBe(404);
  });

  test("answer the method that is asked for, or say which", async () => {
    const { port } = await openConsole();
    expect(await ask(port, "/api/press")).toMatchObject({ status: 405, headers: { allow: "POST" } });
    expect(await ask(port, "/board", post())).toMatchObject({ status: 405, headers: { allow: "GET" } });
    const head = await ask(port, "/board", { method: "HEAD" });
    expect(head).toMatchObject({ status: 200, text: "" });
  });
});

describe("without accounts", () => {
  test("only those at the box are served, by whatever name a page from elsewhere calls it", async () => {
    const { port } = await openConsole();
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, "[::1]:8080"])
      expect((await ask(port, "/board", { headers: { Host: host } })).status, host).toBe(200);
    for (const host of ["evil.example", "127.0.0.1.evil.example", "192.0.2.7:8080", "localhost.evil"])
      expect((await ask(port, "/board", { headers: { Host: host } })).status, host).toBe(403);
    expect(await watch(port, "/board", { Host: "evil.example" }).outcome).toBe(403);
  });
});

describe("with accounts", () => {
  test("a screen is shown the way to log in, and nothing else", async () => {
    const { port, taken } = await openConsole({ withAccounts: true });
    expect(await ask(port, "/kiosk/kiosk")).toMatchObject({ status: 303, headers: { location: "/" } });
    expect((await ask(port, "/api/session")).status).toBe(401);
    expect((await press(port, { id: pressId(1) })).status).toBe(401);
    expect(await watch(port, "/board").outcome).toBe(401);
    expect(taken).toEqual([]);
  });

  test("a login gives a cookie that scripts cannot read, and the screen's own page", async () => {
    const { port } = await openConsole({ withAccounts: true });
    const body = JSON.stringify({ username: "clerk-1", token: token("clerk-1") });
    const answer = await ask(port, "/api/login", post({}, body));
    expect(jsonOf(answer)).toEqual({ screen: "/counter/counter-1" });
    const cookie = answer.headers["set-cookie"]?.[0] ?? "";
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(token("clerk-1"));
    const headers = { Cookie: cookie.split(";")[0] ?? "" };
    expect(jsonOf(await ask(port, "/api/session", { headers }))).toEqual({
      username: "clerk-1",
      screens: ["/counter/counter-1", "/board"],
    });
  });

  test("each screen does its own: a clerk is not at another counter, and a board presses nothing", async () => {
    const { port, taken } = await openConsole({ withAccounts: true });
    const clerk = await login(port, "clerk-1");
    const wall = await login(port, "wall");
    const callNext = { kind: "call-next" };
    const own = { screen: "counter", readPoint: "counter-1", action: callNext, headers: clerk };
    expect((await press(port, { id: pressId(1), ...own })).status).toBe(200);
    expect((await press(port, { id: pressId(2), ...own, readPoint: "counter-2" })).status).toBe(403);
    expect((await press(port, { id: pressId(3), headers: clerk })).status).toBe(403);
    expect((await press(port, { id: pressId(4), ...own, headers: wall })).status).toBe(403);
    expect((await press(port, { id: pressId(5), ...own, screen: "kiosk", readPoint: "kiosk" })).status).toBe(
      403,
    );
    expect((await ask(port, "/counter/counter-2", { headers: clerk })).status).toBe(403);
    expect(await watch(port, "/counter/counter-2", clerk).outcome).toBe(403);
    expect(await watch(port, "/board", clerk).outcome).toBe(101);
    expect(taken.map(({ readPoint }) => readPoint)).toEqual(["counter-1"]);
  });

  test("a kiosk calls nobody, and a counter gives no number", async () => {
    const { port, taken } = await openConsole();
    const counter = { screen: "counter", readPoint: "counter-1" };
    expect((await press(port, { id: pressId(1), action: { kind: "call-next" } })).status).toBe(403);
    expect((await press(port, { id: pressId(2), ...counter })).status).toBe(403);
    expect(taken).toEqual([]);
  });

  test("forged and foreign cookies are nobody's", async () => {
    const { port } = await openConsole({ withAccounts: true });
    const { Cookie } = await login(port, "wall");
    const digest = Cookie.split(".")[1] ?? "";
    for (const cookie of [
      `storewire=clerk-1.${digest}`,
      `storewire=nobody.${"0".repeat(64)}`,
      `storewire=wall.${"0".repeat(64)}`,
      `${Cookie}0`,
      `other${Cookie}`,
      "storewire=",
    ])
      expect((await ask(port, "/api/session", { headers: { Cookie: cookie } })).status, cookie).toBe(401);
    const among = { headers: { Cookie: `a=b; ${Cookie}; c=d` } };
    expect((await ask(port, "/api/session", among)).status).toBe(200);
  });

  test("whoever guesses tokens waits longer each time, and the right one comes through afterwards", async () => {
    const { port, clock } = await openConsole({ withAccounts: true });
    const guess = (guessed: string) =>
      ask(port, "/api/login", post({}, JSON.stringify({ username: "wall", token: guessed })));
    for (let tries = 0; tries < 5; tries += 1) expect((await guess(`wrong ${tries}`)).status).toBe(401);
    expect((await guess(token("wall"))).status).toBe(401);
    await clock.turn(60_000);
    expect((await guess(token("wall"))).status).toBe(200);
  });

  test("a ticket's own page needs no login, and knows only its ticket", async () => {
    const { port } = await openConsole({ withAccounts: true });
    expect((await ask(port, "/ticket/known")).status).toBe(200);
    expect(jsonOf(await ask(port, "/api/ticket/known"))).toEqual({ ticket: "known", number: "A-001" });
    expect((await ask(port, "/api/ticket/other")).status).toBe(404);
    expect((await ask(port, "/api/ticket/known", post())).status).toBe(405);
  });
});

describe("pages from elsewhere", () => {
  test("write nothing and see nothing, though the browser brings its cookie along", async () => {
    const { port, taken } = await openConsole({ withAccounts: true });
    const kiosk = await login(port, "kiosk-screen");
    for (const origin of ["https://evil.example", "null", `http://127.0.0.1:${port + 1}`, "nonsense"]) {
      const foreign = { ...kiosk, Origin: origin };
      expect((await press(port, { id: pressId(1), headers: foreign })).status, origin).toBe(403);
      expect(await watch(port, "/kiosk/kiosk", foreign).outcome, origin).toBe(403);
    }
    const cross = { ...kiosk, "Sec-Fetch-Site": "cross-site" };
    expect((await press(port, { id: pressId(2), headers: cross })).status).toBe(403);
    expect(taken).toEqual([]);
    const own = { ...kiosk, Origin: `http://127.0.0.1:${port}` };
    expect((await press(port, { id: pressId(3), headers: own })).status).toBe(200);
    expect(await watch(port, "/kiosk/kiosk", own).outcome).toBe(101);
  });

  test("cannot send what a form can send", async () => {
    const { port, taken } = await openConsole();
    const body = JSON.stringify({ id: pressId(1), screen: "kiosk", readPoint: "kiosk", action: {} });
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
      expect((await ask(port, "/api/press", post({ "Content-Type": type }, body))).status, type).toBe(400);
    expect(taken).toEqual([]);
  });
});

describe("what is malformed", () => {
  const action = { kind: "issue", service: "returns" };
  const whole = { id: pressId(1), screen: "kiosk", readPoint: "kiosk", action };
  test.each<[string, unknown]>([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["nothing", ""],
    ["no id", { ...whole, id: undefined }],
    ["an id that is none", { ...whole, id: "1" }],
    ["a screen that does not press", { ...whole, screen: "board" }],
    ["an unknown action", { ...whole, action: { kind: "open-safe" } }],
    ["a field too many", { ...whole, more: 1 }],
    ["a field too many inside", { ...whole, action: { ...action, more: 1 } }],
    ["a name that is none", { ...whole, action: { ...action, service: "../x" } }],
    ["a prototype", '{"__proto__":{"id":"1"}}'],
  ])("is refused: %s", async (_what, body) => {
    const { port, taken } = await openConsole();
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await ask(port, "/api/press", post({}, text));
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)["code"]).toBe("malformed");
    expect(taken).toEqual([]);
  });

  test("a body that is too long is not read to its end, whether its length is told or not", async () => {
    const { port } = await openConsole();
    const body = JSON.stringify({ id: pressId(1), padding: "x".repeat(consoleLimits.bodyBytesMax) });
    const told = { "Content-Length": String(Buffer.byteLength(body)) };
    expect((await ask(port, "/api/press", post(told, body))).status).toBe(413);
    const chunked = { "Transfer-Encoding": "chunked" };
    expect((await ask(port, "/api/press", post(chunked, body))).status).toBe(413);
  });

  test("a header that is too long is refused", async () => {
    const { port } = await openConsole();
    const headers = { Cookie: "x".repeat(consoleLimits.headerBytesMax) };
    expect((await ask(port, "/board", { headers })).status).toBe(431);
  });
});

describe("what is too much", () => {
  test("requests of one address beyond the burst wait, and those of another second are answered", async () => {
    const { port, clock } = await openConsole();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    for (let count = 0; count < consoleLimits.requestsBurst; count += 1)
      expect((await ask(port, "/nothing", { agent })).status).toBe(404);
    const refused = await ask(port, "/nothing", { agent });
    expect(refused).toMatchObject({ status: 429, headers: { "retry-after": "1" } });
    await clock.turn(1_000);
    for (let count = 0; count < consoleLimits.requestsPerSecond; count += 1)
      expect((await ask(port, "/nothing", { agent })).status).toBe(404);
    expect((await ask(port, "/nothing", { agent })).status).toBe(429);
  });
});
