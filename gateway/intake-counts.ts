export interface IntakeCounts {
  readings: number;
  repeatedReadings: number;
  brokenSteps: number;
  events: number;
  commits: number;
  failedCommits: number;
}

export const noCounts = (): IntakeCounts => ({
  readings: 0,
  repeatedReadings: 0,
  brokenSteps: 0,
  events: 0,
  commits: 0,
  failedCommits: 0,
});
