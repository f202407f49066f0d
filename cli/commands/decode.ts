import { createInterface } from "node:readline";
import { codecNames, decodeLine, runDecode } from "../decode.ts";
import { exitCodes } from "../exit-codes.ts";

/** `storewire decode CODEC [HEX|-]`: one JSON object per line of input; the result is the exit code. */
export async function decodeCommand(
  codec: string,
  hex: string,
  options: { readonly relaxed: boolean },
): Promise<number> {
  if (!codecNames.includes(codec)) {
    console.error(`storewire: there is no codec "${codec}"; there are: ${codecNames.join(", ")}`);
    return exitCodes.usage;
  }
  // Nobody reads on: `| head` has what it wanted.
  process.stdout.on("error", () => process.exit(exitCodes.done));
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  if (hex === "-") {
    await runDecode(codec, createInterface({ input: process.stdin }), write, options);
    return exitCodes.done;
  }
  const answer = decodeLine(codec, hex, options);
  write(JSON.stringify(answer));
  return answer.ok ? exitCodes.done : exitCodes.failed;
}
