import { SimulatedRepository } from "../../../../simulators/network/simulated-repository.ts";
import { StrictRepository } from "../../../strict-repository.ts";
import { waitUntil } from "../../../wait-until.ts";
import { toldIn } from "./week-check.ts";
import type { StoredRow } from "./week-words.ts";

/** What is on its way to the repository once all is at HQ has to arrive so soon, on the busiest machine. */
const arrivalMsMost = 120_000;

/** The EPCIS repository that a site's capture client goes up to, behind real HTTP. */
export class SiteRepository {
  readonly #repository: SimulatedRepository;
  readonly #strict: StrictRepository;

  private constructor(repository: SimulatedRepository, strict: StrictRepository) {
    this.#repository = repository;
    this.#strict = strict;
  }

  static async open(): Promise<SiteRepository> {
    const repository = new SimulatedRepository();
    return new SiteRepository(repository, await StrictRepository.open({ repository }));
  }

  get url(): string {
    return this.#strict.url;
  }

  /** Events that came although they were here: who sends them did not hear the answer. */
  get sentAgain(): number {
    const sent = this.#repository.documents.map(
      (text) => (JSON.parse(text) as { epcisBody: { eventList: unknown[] } }).epcisBody.eventList.length,
    );
    return sent.reduce((sum, count) => sum + count, 0) - this.#repository.events.length;
  }

  /** What differs from the return events that the site has told HQ, in their order. */
  async findings(rows: readonly StoredRow[]): Promise<readonly string[]> {
    const wanted = toldIn(rows).flatMap(({ type, data }) =>
      type.startsWith("storewire.return.")
        ? [`${String(data["eventID"])}${"errorDeclaration" in data ? " in error" : ""}`]
        : [],
    );
    const { events } = this.#repository;
    const arrived = () => events.length >= wanted.length;
    const late = await waitUntil("the repository has all", arrived, arrivalMsMost).then(
      () => [],
      (error: unknown) => [`${String(error)}: ${events.length} of ${wanted.length}`],
    );
    const different = wanted.findIndex((id, place) => events[place] !== id);
    return [
      ...late,
      ...(different < 0 ? [] : [`the repository has ${events[different]}, not ${wanted[different]}`]),
      ...(events.length > wanted.length ? [`the repository has ${events.length - wanted.length} more`] : []),
      ...this.#strict.complaints,
    ];
  }

  close(): Promise<void> {
    return this.#strict.close();
  }
}
