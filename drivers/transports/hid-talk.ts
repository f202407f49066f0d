import type { ChildProcess } from "node:child_process";
import type { Cancel, Clock } from "../../protocols/clock.ts";
import type { Fault } from "../../protocols/faults.ts";
import type { Lifeline } from "../../protocols/lifeline.ts";
import type { HidQuestion, HidSaying } from "./hid-messages.ts";
import { hidSayingSchema } from "./hid-messages.ts";

/** A question that is not answered by then means that the process hangs; it is killed, and started anew. */
export const answerMsMax = 10_000;
/** While devices are open it is asked so often whether it is awake; a hang costs at most this and the time above. */
export const wakeEveryMs = 10_000;
/** The process has nothing to save, so it ends in milliseconds once it is let go. */
const stopMsMax = 1_000;

interface Waiting {
  readonly life: Lifeline | undefined;
  readonly cancel: Cancel;
  resolve(fault: Fault | undefined): void;
}

/** The talk with one running HID process, up to its end. */
export class HidTalk {
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  readonly #lives = new Map<number, Lifeline>();
  readonly #exited: Promise<void>;
  #lastNumber = 0;
  #over: Fault | undefined;
  #cancelWake: Cancel | undefined;

  constructor(child: ChildProcess, clock: Clock, ended: () => void) {
    this.#child = child;
    this.#clock = clock;
    this.#exited = new Promise((resolve) => {
      const finish = (how: string): void => {
        resolve();
        this.#finish(how, ended);
      };
      child.once("exit", (code, signal) => finish(`ended with ${signal ?? `exit code ${code}`}`));
      child.once("error", (error) => finish(`could not be run: ${error.message}`));
    });
    child.on("message", (message) => {
      const saying = hidSayingSchema.safeParse(message);
      if (saying.success) this.#hear(saying.data);
      else child.kill("SIGKILL");
    });
  }

  nextNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  /** The fault that it was answered with; undefined when it was done. `life` hears of what is opened. */
  ask(question: HidQuestion, life?: Lifeline): Promise<Fault | undefined> {
    return new Promise((resolve) => {
      if (this.#over !== undefined) return resolve(this.#over);
      const cancel = this.#clock.after(answerMsMax, () => this.#child.kill("SIGKILL"));
      this.#waiting.set(question.question, { life, cancel, resolve });
      // A channel that is closed says so here as well as by `exit`, which settles the question.
      this.#child.send(question, () => {});
    });
  }

  /** Ends the process; connections that are still open end without a fault. */
  async stop(): Promise<void> {
    this.#cancelWake?.();
    for (const life of this.#lives.values()) life.end();
    const cancel = this.#clock.after(stopMsMax, () => this.#child.kill("SIGKILL"));
    if (this.#child.connected) this.#child.disconnect();
    await this.#exited;
    cancel();
  }

  #hear(saying: HidSaying): void {
    switch (saying.kind) {
      case "done":
        return this.#settle(saying.question, undefined);
      case "failed":
        return this.#settle(saying.question, saying.fault);
      case "report":
        return this.#later(saying.connection, (life) => life.bytes(saying.bytes));
      case "lost":
        return this.#later(saying.connection, (life) => life.lose(saying.fault));
    }
  }

  /** In a later turn, so that whoever awaits the opening gets its connection before the first report. */
  #later(connection: number, tell: (life: Lifeline) => void): void {
    setImmediate(() => {
      const life = this.#lives.get(connection);
      if (life !== undefined) tell(life);
    });
  }

  #settle(number: number, fault: Fault | undefined): void {
    const question = this.#waiting.get(number);
    if (question === undefined) return;
    this.#waiting.delete(number);
    question.cancel();
    const { life } = question;
    if (life !== undefined && fault === undefined) {
      this.#lives.set(number, life);
      life.atEnd(() => this.#lives.delete(number));
      this.#wakeLater();
    }
    question.resolve(fault);
  }

  /** Asks again and again, as long as anything is open. */
  #wakeLater(): void {
    this.#cancelWake ??= this.#clock.after(wakeEveryMs, () => {
      this.#cancelWake = undefined;
      if (this.#lives.size === 0) return;
      void this.ask({ kind: "wake", question: this.nextNumber() }).then(() => {
        if (this.#lives.size > 0) this.#wakeLater();
      });
    });
  }

  #finish(how: string, ended: () => void): void {
    if (this.#over !== undefined) return;
    const fault: Fault = { code: "hid-unavailable", detail: `the HID process ${how}` };
    this.#over = fault;
    this.#cancelWake?.();
    ended();
    for (const number of this.#waiting.keys()) this.#settle(number, fault);
    for (const life of this.#lives.values()) life.lose(fault);
  }
}
