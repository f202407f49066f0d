import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** Modules are found under either spelling. */
const spelled = (name: string): string => name.replaceAll("-", "_");

/**
 * The files below `folder` that have to be loaded for `wanted`, each after what it needs, as the modules
 * themselves say (`depends=` in their .modinfo section): what depmod would note, without depmod.
 */
export function moduleFiles(folder: string, wanted: readonly string[]): readonly string[] {
  const known = new Map(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ko"))
      .map((path) => [spelled(basename(path, ".ko")), join(folder, path)]),
  );
  const order: string[] = [];
  const visit = (name: string): void => {
    const file = known.get(spelled(name));
    if (file === undefined) throw new Error(`no kernel module ${name} below ${folder}`);
    if (order.includes(file)) return;
    for (const needed of dependencies(readFileSync(file))) visit(needed);
    order.push(file);
  };
  for (const name of wanted) visit(name);
  return order;
}

/** The section's strings end in NUL each. */
export function dependencies(module: Buffer): readonly string[] {
  const key = Buffer.from("\0depends=");
  const found = module.indexOf(key);
  if (found < 0) return [];
  const start = found + key.length;
  const names = module.toString("latin1", start, module.indexOf(0, start));
  return names === "" ? [] : names.split(",");
}
