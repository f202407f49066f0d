import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { storeServices } from "../../gateway/services.ts";
import { storeConfiguration } from "./store.ts";

const gateway = new URL("../../gateway/", import.meta.url);

test("services.ts lists every store service of the gateway, under names of their own", () => {
  const sources = readdirSync(gateway, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({ file, text: readFileSync(new URL(file, gateway), "utf8") }));
  const exported = sources.flatMap(({ text }) =>
    [...text.matchAll(/^export (?:const (\w+): StoreService|function (\w+)\([^)]*\): StoreService)/gm)].map(
      ([, constant, factory]) => constant ?? factory,
    ),
  );
  expect(exported.length).toBeGreaterThan(4);
  const list = sources.find(({ file }) => file === "services.ts")?.text ?? "";
  const missing = exported.filter(
    (name) => !new RegExp(`\\b${name}\\b`).test(list.replace(/^import.*$/gm, "")),
  );
  expect(missing).toEqual([]);
  const names = storeServices(storeConfiguration()).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toHaveLength(exported.length);
});
