import { outrunNote } from "../outbox/outbox.ts";
import { salvageTold } from "../outbox/salvage-report.ts";
import type { Cancel } from "../protocols/clock.ts";
import type { EventDraft } from "../protocols/events.ts";
import type { ReadingSink } from "../protocols/readings.ts";
import { type OpenStoreBroker, StoreBroker } from "./broker/store-broker.ts";
import { type Capture, startCapture } from "./capture/capture.ts";
import { watchCard } from "./card/card-watch.ts";
import { CommandDesk, commandsCollection } from "./commands.ts";
import type { Console } from "./console/console.ts";
import { openStoreConsole } from "./console/store-console.ts";
import { deadLettersCollection, type KeptLetter, keptLetters } from "./dead-letters.ts";
import { devicesCollection, ownerOf } from "./devices/device-service.ts";
import { envelopes } from "./envelope.ts";
import type { GatewayOptions } from "./gateway-options.ts";
import { type GatewayStatus, gatewayStatus } from "./gateway-status.ts";
import { type Committed, Intake } from "./intake.ts";
import { agentsOf, nameOf } from "./names.ts";
import { storeServices } from "./services.ts";
import { startDrafts } from "./start-drafts.ts";
import { TimeKeeper } from "./time/time-keeper.ts";
import { openUplinkMemory, type UplinkMemory } from "./uplink/knowable.ts";
import { hearOrders } from "./uplink/orders.ts";
import { type PresenceOptions, uplinkWill } from "./uplink/presence.ts";
import { positionsOf, Uplink } from "./uplink/uplink.ts";

export interface Gateway {
  /** Where an agent in this process hands its readings. */
  readonly sink: ReadingSink;
  /** The store broker's, undefined when it is switched off. */
  readonly brokerPort: number | undefined;
  /** Where the pages are, undefined when they are switched off. */
  readonly consolePort: number | undefined;
  status(): GatewayStatus;
  deadLetters(): readonly KeptLetter[];
  /** Takes nothing more, finishes what is on its way to disk, and says goodbye to HQ. */
  close(): Promise<void>;
}

/** Deadlines of the services are looked at this often. */
const tickEveryMs = 1_000;

/** Starts the hub of a site: commit point, store services, store broker and uplink, in this order. */
export function startGateway(options: GatewayOptions): Promise<Gateway> {
  return RunningGateway.start(options);
}

class RunningGateway implements Gateway {
  readonly #options: GatewayOptions;
  readonly #intake: Intake;
  readonly #desk: CommandDesk;
  readonly #timeKeeper: TimeKeeper;
  readonly #uplink: Uplink;
  #capture: Capture | undefined;
  #broker: OpenStoreBroker | undefined;
  #console: Console | undefined;
  #stopCardWatch: Cancel = () => undefined;
  #cancelTick: Cancel = () => undefined;

  private constructor(
    options: GatewayOptions,
    intake: Intake,
    committed: CommittedRelay,
    memory: UplinkMemory,
  ) {
    this.#options = options;
    this.#intake = intake;
    this.#desk = this.#newDesk();
    this.#timeKeeper = this.#newTimeKeeper();
    this.#uplink = this.#newUplink(memory);
    committed.listener = (commit) => this.#committed(commit);
  }

  static async start(options: GatewayOptions): Promise<RunningGateway> {
    const { configuration, outbox, clock, random, boot, log } = options;
    const relay: CommittedRelay = { listener: () => undefined };
    const intake = await Intake.open({
      outbox,
      agents: agentsOf(configuration),
      services: storeServices(configuration),
      envelope: envelopes({ name: nameOf(configuration), epoch: outbox.epoch, clock, random, boot }),
      clock,
      random,
      boot,
      holdMsMax: configuration.limits.clock.holdMsMax,
      log,
      committed: (commit) => relay.listener(commit),
    });
    const gateway = new RunningGateway(options, intake, relay, await openUplinkMemory(outbox));
    await gateway.#open();
    return gateway;
  }

  get sink(): ReadingSink {
    return this.#intake;
  }

  get brokerPort(): number | undefined {
    return this.#broker?.port;
  }

  get consolePort(): number | undefined {
    return this.#console?.port;
  }

  status(): GatewayStatus {
    const { configuration, outbox } = this.#options;
    return gatewayStatus({
      configuration,
      outbox,
      intake: this.#intake,
      uplink: this.#uplink,
      broker: this.#broker,
    });
  }

  deadLetters(): readonly KeptLetter[] {
    return keptLetters(this.#intake.documents(deadLettersCollection));
  }

  async close(): Promise<void> {
    this.#options.outbox.hurry();
    this.#cancelTick();
    this.#stopCardWatch();
    this.#desk.close();
    await this.#console?.close();
    await this.#broker?.close();
    await this.#capture?.close();
    await this.#intake.close();
    await this.#uplink.close();
  }

  async #open(): Promise<void> {
    const { configuration, clock, log } = this.#options;
    const { openStoreBroker = (options) => StoreBroker.open(options) } = this.#options;
    const { broker } = configuration.gateway;
    this.#tellStart();
    if (broker.enabled) {
      this.#broker = await openStoreBroker({
        configuration: broker,
        take: (readings, letter) =>
          this.#intake.take(readings, letter === undefined ? [] : [{ kind: "dead-letter", letter }]),
        agentAppeared: (agent) => this.#desk.agentAppeared(agent),
        clock,
        log: log.child({ part: "broker" }),
      });
    }
    if (configuration.gateway.console.enabled)
      this.#console = await openStoreConsole({ ...this.#options, intake: this.#intake });
    this.#uplink.start();
    this.#capture = startCapture({
      ...this.#options,
      departure: this.#timeKeeper.departure,
      tell: (drafts, letters) =>
        this.#intake.take(
          [],
          [{ kind: "raise", drafts }, ...letters.map((letter) => ({ kind: "dead-letter", letter }) as const)],
        ),
    });
    this.#tickLater();
    this.#watchCard();
  }

  /** What was saved of a broken outbox is told again at the next start, until it is on disk that it was told. */
  #tellStart(): void {
    const { outbox, startReport, log } = this.#options;
    const told = this.#intake.take([], [{ kind: "raise", drafts: startDrafts(this.#options) }]);
    const noted = startReport.salvages === undefined ? undefined : { documents: [salvageTold] };
    told
      .then(() => noted && outbox.commit(noted))
      .catch((error: unknown) => log.error({ event: "start-not-told", reason: String(error) }));
  }

  #newDesk(): CommandDesk {
    const { configuration, commandTarget, clock, log } = this.#options;
    const agent = configuration.agent.id;
    return new CommandDesk({
      pending: () => this.#intake.documents(commandsCollection),
      isOnDisk: () => this.#intake.isOnDisk,
      ownerOf: (device) => ownerOf(this.#intake.documents(devicesCollection), device),
      ...(commandTarget === undefined ? {} : { local: { agent, target: commandTarget } }),
      send: (owner, command) => this.#broker?.send(owner, command),
      clock,
      log,
    });
  }

  #newTimeKeeper(): TimeKeeper {
    const { configuration, clock, boot, log } = this.#options;
    const uplinkUp = (): boolean => this.#uplink.up;
    const raise = (drafts: readonly EventDraft[]): void => this.#raise(drafts);
    return new TimeKeeper({ configuration, intake: this.#intake, clock, boot, uplinkUp, raise, log });
  }

  #newUplink(memory: UplinkMemory): Uplink {
    const { configuration, outbox, clock, log, boot, version, makeUplinkLink } = this.#options;
    const name = nameOf(configuration);
    const presence = { name, boot, version, epoch: outbox.epoch, clock };
    const willOptions: PresenceOptions = { ...presence, epochOrdinal: () => memory.epochOrdinal.value };
    const link = makeUplinkLink(() => uplinkWill(willOptions, positionsOf(outbox)));
    hearOrders({ link, name, take: (input) => this.#intake.take([], [input]), log });
    return new Uplink({
      outbox,
      link,
      clock,
      confirm: configuration.hq.confirm,
      limits: configuration.limits.uplink,
      presence,
      ...memory,
      raise: (drafts) => this.#raise(drafts),
      outrun: () => void this.#noteOutrun(),
      departure: this.#timeKeeper.departure,
      log: log.child({ part: "uplink" }),
    });
  }

  /** Where the note cannot be written, the next start finds out again. */
  async #noteOutrun(): Promise<void> {
    const { outbox, log, restart } = this.#options;
    await outbox.commit({ documents: [outrunNote] }).catch((error: unknown) => {
      log.error({ event: "outrun-not-noted", reason: String(error) });
    });
    restart?.("outbox-outrun");
  }

  #committed({ commands, agents, eventCount }: Committed): void {
    this.#desk.committed(commands, agents);
    if (this.#timeKeeper.committed()) this.#uplink.release();
    this.#console?.changed();
    if (eventCount === 0) return;
    this.#uplink.stored();
    this.#capture?.stored();
  }

  /** What the gateway itself tells is not asked for again: it is worth a line in the log when it is lost. */
  #raise(drafts: readonly EventDraft[]): void {
    this.#intake.take([], [{ kind: "raise", drafts }]).catch((error: unknown) => {
      const types = drafts.map(({ type }) => type);
      this.#options.log.error({ event: "alert-not-written", types, reason: String(error) });
    });
  }

  #watchCard(): void {
    const { configuration, outbox, clock, log, card: gauge } = this.#options;
    if (gauge === undefined) return;
    this.#stopCardWatch = watchCard({
      gauge,
      card: configuration.limits.card,
      outbox,
      clock,
      log,
      report: (use) => this.#intake.take([], [{ kind: "card-use", use }]),
      raise: (drafts) => this.#raise(drafts),
    });
  }

  #tickLater(): void {
    this.#cancelTick = this.#options.clock.after(tickEveryMs, () => {
      // A tick that could not be written is followed by the next one.
      this.#intake.take([], [{ kind: "tick" }]).catch(() => undefined);
      this.#timeKeeper.look();
      this.#tickLater();
    });
  }
}

/** The intake is opened before those that it tells of commits. */
interface CommittedRelay {
  listener: (committed: Committed) => void;
}
