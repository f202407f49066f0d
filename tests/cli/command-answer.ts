import { StorewireProcess } from "../storewire-process.ts";

/** What a command that ends by itself left behind. */
export interface CommandAnswer {
  readonly exitCode: number | null;
  readonly stdout: readonly string[];
  readonly stderr: string;
}

/** Runs `storewire` with these words and this on its stdin. */
export async function answerOf(
  words: readonly string[],
  stdin: readonly string[] = [],
): Promise<CommandAnswer> {
  const command = new StorewireProcess(words);
  for (const line of stdin) command.tell(line);
  command.tellEnd();
  const exitCode = await command.exit();
  return { exitCode, stdout: command.stdoutLines, stderr: command.said() };
}
