import type { DocumentWrite, Outbox } from "../outbox/outbox.ts";
import type { DocumentChange, Documents, StoreService } from "./service.ts";

type Collection = Pick<StoreService, "name" | "ageOf">;

/**
 * The services' documents in memory. Steps see each other's changes at once; what a group of inputs
 * changed is collected, so that a document changed a hundred times is written once.
 */
export class StoreDocuments {
  readonly #services: readonly Collection[];
  readonly #collections = new Map<string, Map<string, unknown>>();
  readonly #changed = new Map<string, Set<string>>();

  constructor(services: readonly Collection[]) {
    this.#services = services;
    for (const { name } of services) this.#collections.set(name, new Map());
  }

  of(collection: string): Documents {
    return this.#collection(collection);
  }

  apply(collection: string, changes: readonly DocumentChange[]): void {
    if (changes.length === 0) return;
    const documents = this.#collection(collection);
    const changed = this.#changed.get(collection) ?? new Set();
    this.#changed.set(collection, changed);
    for (const { key, value } of changes) {
      if (value === undefined) documents.delete(key);
      else documents.set(key, value);
      changed.add(key);
    }
  }

  /** What was changed since the last call, as it is to be written. */
  takeWrites(): readonly DocumentWrite[] {
    const writes: DocumentWrite[] = [];
    for (const [collection, keys] of this.#changed) {
      const documents = this.#collection(collection);
      for (const key of keys) {
        const value = documents.get(key);
        writes.push({ collection, key, value: value === undefined ? undefined : JSON.stringify(value) });
      }
    }
    this.#changed.clear();
    return writes;
  }

  /** Forgets memory and takes what is on disk: at the start, and when a commit failed. */
  async restore(outbox: Outbox): Promise<void> {
    const stored = await Promise.all(this.#services.map(({ name }) => outbox.documents(name)));
    this.#changed.clear();
    this.#services.forEach((service, index) => {
      const parsed = [...(stored[index] ?? [])].map(([key, text]): [string, unknown] => [
        key,
        JSON.parse(text),
      ]);
      const ageOf = (document: unknown): number => service.ageOf?.(document) ?? 0;
      parsed.sort(([, left], [, right]) => ageOf(left) - ageOf(right));
      this.#collections.set(service.name, new Map(parsed));
    });
  }

  #collection(name: string): Map<string, unknown> {
    const documents = this.#collections.get(name);
    if (documents === undefined) throw new Error(`no service keeps documents named ${name}`);
    return documents;
  }
}
