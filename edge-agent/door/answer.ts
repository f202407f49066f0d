import type { Cancel, Clock } from "../../protocols/clock.ts";
import type { PrintElement } from "../../protocols/commands.ts";
import type { DeviceReport, DoorLine, DoorQuestion } from "../../protocols/door.ts";
import { newId } from "../../protocols/identity.ts";
import type { Random } from "../../protocols/random.ts";
import type { Agent } from "../agent.ts";
import { saveRecording } from "../recorder/save-recording.ts";

/** The agent that is asked, and what an answer needs beside it. */
export interface DoorHost {
  readonly agent: Agent;
  readonly clock: Clock;
  readonly random: Random;
  readonly boot: string;
  readonly version: string;
}

/** Where an answer goes, line by line; `ended` after the last. */
export interface DoorVisitor {
  say(line: DoorLine): void;
  ended(): void;
}

/** Answers one question, at once or for as long as it takes. Cancelled, it says no more. */
export function answerDoor(host: DoorHost, question: DoorQuestion, visitor: DoorVisitor): Cancel {
  if (question.ask === "devices") {
    visitor.say({ devices: reports(host.agent) });
    return over(visitor);
  }
  const known = host.agent.recorded(question.device);
  if (known === undefined) {
    visitor.say({ refused: `no device is named ${question.device}; there are: ${names(host.agent)}` });
    return over(visitor);
  }
  switch (question.ask) {
    case "watch":
      return watch(host.agent, question, visitor);
    case "record": {
      const { past, lastsMs } = question;
      const say = (line: DoorLine): void => visitor.say(line);
      const ended = (): void => visitor.ended();
      return saveRecording({ ...host, ...known }, { past, lastsMs, say, ended });
    }
    case "print":
      return print(host, question, visitor);
  }
}

function over(visitor: DoorVisitor): Cancel {
  visitor.ended();
  return () => undefined;
}

function watch(
  agent: Agent,
  { device, raw }: { readonly device: string; readonly raw: boolean },
  visitor: DoorVisitor,
): Cancel {
  for (const condition of reports(agent)) if (condition.device === device) visitor.say({ condition });
  const ears = [
    agent.listen(device, (reading) => visitor.say({ reading })),
    raw ? agent.listenClosely(device, (observed) => visitor.say({ observed })) : undefined,
  ];
  return () => {
    for (const deaf of ears) deaf?.();
  };
}

/** The agent answers each command that it takes, so this ends by itself. */
function print(
  { agent, clock, random }: DoorHost,
  { device, elements }: { readonly device: string; readonly elements: readonly PrintElement[] },
  visitor: DoorVisitor,
): Cancel {
  const id = newId(clock, random);
  const deaf = agent.listen(device, ({ observation }) => {
    if (observation.kind !== "answer" || observation.command !== id) return;
    deaf?.();
    const { outcome, fault } = observation;
    visitor.say({ outcome, ...(fault === undefined ? {} : { fault }) });
    visitor.ended();
  });
  agent.take({ id, device, task: { kind: "print", elements: [...elements] } });
  return deaf ?? over(visitor);
}

function reports(agent: Agent): readonly DeviceReport[] {
  return agent.devices().flatMap((status) => {
    const { device, driver, readPoint, state, fault } = status;
    const { noiseBytes, droppedReadings, connections, readings } = status;
    const transport = agent.recorded(device)?.device.transport;
    if (transport === undefined) return [];
    const counts = { noiseBytes, droppedReadings, connections, readings };
    return [{ device, driver, readPoint, transport, state, ...(fault && { fault }), ...counts }];
  });
}

const names = (agent: Agent): string =>
  agent
    .devices()
    .map(({ device }) => device)
    .join(", ") || "none";
