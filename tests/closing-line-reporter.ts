import type { Reporter, TestModule } from "vitest/node";

/** Prints `N passed, N failed` after everything else, for whoever reads only the last line of a run. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const brokenModules = modules.filter((module) => module.errors().length > 0).length;
    const failed = count("failed") + brokenModules + unhandledErrors.length;
    process.once("exit", () => {
      console.log(`${count("passed")} passed, ${failed} failed, ${count("skipped")} skipped`);
    });
  }
}
