import type { IncomingMessage } from "node:http";

const loopbackHost = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/**
 * Whether a page of ours asks. A browser says where a page came from whenever it writes or opens a WebSocket; a
 * program that is no browser says nothing, and has no cookie that it could be tricked into sending.
 */
export function isOwnOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return headers["sec-fetch-site"] !== "cross-site";
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}

/**
 * Without accounts only those at the box itself are trusted. A page from elsewhere can make a name of its own mean
 * loopback (DNS rebinding); its requests then bear that name.
 */
export const isLoopbackHost = ({ headers }: IncomingMessage): boolean =>
  loopbackHost.test(headers.host ?? "");
