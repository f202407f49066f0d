interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}
interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What goes wrong with the next request. */
export type RepositoryMood =
  | "busy"
  | "shut"
  /** Nothing was done, and no answer comes. */
  | "deaf"
  /** It was done, and no answer comes. */
  | "mute"
  /** The job is not known any more. */
  | "forgetful";

export interface RepositoryOptions {
  readonly eventsMax?: number;
  readonly bytesMax?: number;
  /** Looks at a job before it is done; undefined: the answer to POST says it all. */
  readonly jobLooks?: number;
  /** With `rollback` one refused event keeps out all of its batch. */
  readonly errorBehaviour?: "proceed" | "rollback";
  /** Whether an event that is there already counts as refused. */
  readonly refusesDuplicates?: boolean;
  /** An event that is declared an error is no news to it: it has its identity already. */
  readonly ignoresDeclarations?: boolean;
  /** Events that it takes from nobody. */
  readonly refused?: ReadonlySet<string>;
}

interface Job {
  looks: number;
  readonly errors: readonly object[];
}

interface NamedEvent {
  readonly eventID: string;
  readonly errorDeclaration?: object;
}

const problem = (status: number, type: string, detail: string) => ({
  type: `epcisException:${type}`,
  title: type,
  status,
  detail,
});

const inError = (eventID: string): string => `${eventID} in error`;

/** An EPCIS 2.0 repository in memory: takes documents, keeps each event once, and can be moody. */
export class SimulatedRepository {
  /** In the order in which they were taken; what declares one an error is called `ID in error`. */
  readonly events: string[] = [];
  /** Of a document that was looked at. */
  readonly documents: string[] = [];
  readonly requests: Request[] = [];
  readonly moods: RepositoryMood[] = [];
  readonly #options: RepositoryOptions;
  readonly #known = new Set<string>();
  readonly #jobs = new Map<string, Job>();

  constructor(options: RepositoryOptions = {}) {
    this.#options = options;
  }

  /** Undefined: no answer comes. */
  answer(request: Request): Response | undefined {
    this.requests.push(request);
    const mood = this.moods.shift();
    if (mood === "deaf") return undefined;
    if (mood === "busy") return answerOf(503, {}, problem(503, "ImplementationException", "busy"));
    if (mood === "shut") return answerOf(401, {}, problem(401, "SecurityException", "who are you?"));
    if (mood === "forgetful") this.#jobs.clear();
    const answer = this.#answer(request);
    return mood === "mute" ? undefined : answer;
  }

  #answer({ method, path, body = "" }: Request): Response {
    if (method === "OPTIONS") return { status: 204, headers: this.#limits(), body: "" };
    if (method === "POST") return this.#capture(body);
    if (path.startsWith("/events/")) {
      const eventID = decodeURIComponent(path.slice("/events/".length));
      const document = {
        type: "EPCISQueryDocument",
        epcisBody: {
          queryResults: {
            eventList: [
              { eventID },
              ...(this.#known.has(inError(eventID)) ? [{ eventID, errorDeclaration: {} }] : []),
            ],
          },
        },
      };
      return this.#known.has(eventID)
        ? answerOf(200, {}, document)
        : answerOf(404, {}, problem(404, "NoSuchResourceException", path));
    }
    return this.#job(path);
  }

  #limits(): Record<string, string> {
    const { eventsMax, bytesMax } = this.#options;
    return {
      ...(eventsMax === undefined ? {} : { "gs1-epcis-capture-limit": String(eventsMax) }),
      ...(bytesMax === undefined ? {} : { "gs1-epcis-capture-file-size-limit": String(bytesMax) }),
    };
  }

  #capture(body: string): Response {
    const {
      eventsMax = Number.POSITIVE_INFINITY,
      bytesMax = Number.POSITIVE_INFINITY,
      jobLooks,
    } = this.#options;
    const document = JSON.parse(body) as { epcisBody: { eventList: readonly NamedEvent[] } };
    const { ignoresDeclarations = false } = this.#options;
    const ids = document.epcisBody.eventList.map(({ eventID, errorDeclaration }) =>
      errorDeclaration === undefined || ignoresDeclarations ? eventID : inError(eventID),
    );
    if (ids.length > eventsMax || Buffer.byteLength(body) > bytesMax) {
      return answerOf(413, {}, problem(413, "CaptureLimitExceededException", "too large"));
    }
    this.documents.push(body);
    const errors = this.#take(ids);
    if (jobLooks === undefined) {
      const [first] = errors;
      return first === undefined ? answerOf(201, {}, {}) : answerOf(first.status, {}, first);
    }
    const path = `/capture/job-${this.requests.length}`;
    this.#jobs.set(path, { looks: jobLooks, errors });
    return answerOf(202, { location: path }, {});
  }

  #take(ids: readonly string[]): readonly ReturnType<typeof problem>[] {
    const { errorBehaviour = "proceed", refusesDuplicates = true, refused = new Set() } = this.#options;
    const errors = ids.flatMap((id) => {
      if (refused.has(id)) return [problem(400, "ValidationException", `${id} is refused`)];
      return refusesDuplicates && this.#known.has(id)
        ? [problem(409, "ResourceAlreadyExistsException", `${id} exists`)]
        : [];
    });
    if (errors.length > 0 && errorBehaviour === "rollback") return errors;
    for (const id of ids) {
      if (refused.has(id) || this.#known.has(id)) continue;
      this.#known.add(id);
      this.events.push(id);
    }
    return errors;
  }

  #job(path: string): Response {
    const job = this.#jobs.get(path);
    if (job === undefined) return answerOf(404, {}, problem(404, "NoSuchResourceException", path));
    job.looks -= 1;
    const { errorBehaviour = "proceed" } = this.#options;
    const known = { captureID: path.slice("/capture/".length), captureErrorBehaviour: errorBehaviour };
    if (job.looks >= 0) return answerOf(200, {}, { ...known, running: true, success: true, errors: [] });
    const success = job.errors.length === 0;
    return answerOf(200, {}, { ...known, running: false, success, errors: job.errors });
  }
}

const answerOf = (status: number, headers: Record<string, string>, body: object): Response => ({
  status,
  headers,
  body: JSON.stringify(body),
});
