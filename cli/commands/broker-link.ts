import type { MessageLink } from "../../protocols/message-link.ts";
import type { TlsFiles } from "../mqtt-connection.ts";
import { openMqttLink } from "../mqtt-link.ts";
import { systemClock, systemRandom } from "../system.ts";
import { UsageError } from "../usage-error.ts";

/** The broker as the commands of `hq` are told of it. */
export interface BrokerOptions {
  readonly url: string;
  readonly mqttVersion: "3.1.1" | "5";
  readonly username?: string;
  readonly passwordFile?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** A link of our own, under a name that no other process has. */
export function openBrokerLink(
  options: BrokerOptions,
  purpose: string,
  warn: (words: string) => void,
): MessageLink {
  const { url, mqttVersion, username, passwordFile } = options;
  const tls = tlsOf(options);
  // Two receivers at one broker must not throw each other out by having the same name.
  const clientId = `storewire-hq-${purpose}-${process.pid}-${Math.floor(systemRandom.fraction() * 1e9)}`;
  return openMqttLink({
    url,
    clientId,
    mqttVersion,
    username,
    passwordFile,
    tls,
    clock: systemClock(),
    random: systemRandom,
    warn,
  });
}

function tlsOf({ caFile, certFile, keyFile }: BrokerOptions): TlsFiles | undefined {
  if (caFile === undefined && certFile === undefined && keyFile === undefined) return undefined;
  if (caFile === undefined || certFile === undefined || keyFile === undefined) {
    throw new UsageError("TLS needs all three: --ca-file, --cert-file and --key-file");
  }
  return { caFile, certFile, keyFile };
}
