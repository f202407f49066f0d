import type { Salvage, SalvagedStream, SequenceRange } from "../outbox/salvage-report.ts";
import type { StartReport } from "../outbox/start-check.ts";
import type { Clock } from "../protocols/clock.ts";
import type { EventDraft } from "../protocols/events.ts";
import { type FaultCode, faults } from "../protocols/faults.ts";
import { lossDraft } from "./envelope.ts";

/** What the outbox found when it was opened. */
export type StoreReport = Pick<StartReport, "file" | "salvages" | "mended" | "outrunEpoch">;

export interface Start {
  readonly boot: string;
  readonly version: string;
  readonly startReport: StoreReport;
  readonly clock: Clock;
}

/** Names of lost documents and marks that fit into one alert; the log has no more of them either. */
const namesMax = 32;

/** What a start has to tell HQ: itself, and what was found wrong with what the last one left. */
export function startDrafts({ boot, version, startReport, clock }: Start): readonly EventDraft[] {
  const { salvages = [], mended, outrunEpoch } = startReport;
  const started: EventDraft = {
    type: "storewire.gateway.started",
    subject: boot,
    ...common(clock),
    data: { boot, version, store: startReport.file },
  };
  return [
    started,
    ...salvages.flatMap((salvage) => salvageDrafts(salvage, clock)),
    ...(mended === undefined ? [] : [alert(clock, "outbox-mended", mended, {})]),
    ...(outrunEpoch === undefined
      ? []
      : [alert(clock, "outbox-outrun", `epoch ${outrunEpoch}`, { outrunEpoch })]),
  ];
}

const common = (clock: Clock) =>
  ({ origin: "gateway", timeMs: clock.wallMs(), clock: clock.quality() }) as const;

function alert(
  clock: Clock,
  code: FaultCode,
  about: string,
  more: Readonly<Record<string, unknown>>,
): EventDraft {
  const data = { code, cause: `${faults[code].words}: ${about}`, cure: faults[code].cure, ...more };
  return { type: "storewire.alert.gateway", subject: code, ...common(clock), data };
}

/**
 * Under the old epoch nothing comes any more: every range of it that was not settled is told as a hole, with what
 * became of it, so that HQ can tell "missing, gone" from "missing, may come".
 */
function salvageDrafts(salvage: Salvage, clock: Clock): readonly EventDraft[] {
  const { reason, movedTo, epoch, newEpoch, lostDocuments, lostMarks, streams } = salvage;
  const told = alert(clock, "outbox-broken", reason, {
    movedTo,
    newEpoch,
    ...(epoch === undefined ? {} : { endedEpoch: epoch }),
    eventsSaved: sum(streams.map(({ moved }) => moved)),
    eventsLost: sum(streams.map(({ lost }) => lost)),
    documentsSaved: salvage.documentsSaved,
    marksSaved: salvage.marksSaved,
    lostDocuments: lostDocuments.slice(0, namesMax),
    lostMarks: lostMarks.slice(0, namesMax),
    damagedPages: salvage.damagedPages,
    stateInDoubt: salvage.stateInDoubt,
  });
  if (epoch === undefined) return [told];
  const hole = (stream: string, range: SequenceRange, why: string): EventDraft =>
    lossDraft({ stream, epoch, ...range, reason: why }, clock);
  const holes = ({ stream, moved, lost }: SalvagedStream): readonly EventDraft[] => [
    ...lost.map((range) => hole(stream, range, "the outbox was damaged, and this part of it is gone")),
    ...moved.map((range) =>
      hole(stream, range, `the outbox was damaged; sent again under epoch ${newEpoch}`),
    ),
  ];
  return [told, ...streams.flatMap(holes)];
}

const sum = (streams: readonly (readonly SequenceRange[])[]): number =>
  streams.flat().reduce((total, { from, to }) => total + to - from + 1, 0);
