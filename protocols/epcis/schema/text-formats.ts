const unreserved = "a-z0-9\\-._~!$&'()*+,;=";
const escaped = "%[0-9a-f]{2}";
const pathText = `(?:[${unreserved}:@/]|${escaped})+`;
const userText = `(?:[${unreserved}:]|${escaped})*`;
const tail = `(?:\\?(?:[${unreserved}:@/?]|${escaped})*)?(?:#(?:[${unreserved}:@/?]|${escaped})*)?`;

/** A scheme and something behind it; a host between brackets is looked at by itself. */
const plainUri = new RegExp(`^[a-z][a-z0-9+\\-.]*:${pathText}${tail}$`, "i");
const bracketedUri = new RegExp(
  `^[a-z][a-z0-9+\\-.]*://?(?:${userText}@)?\\[([^\\]]*)\\](?::\\d*)?(?:/(?:[${unreserved}:@/]|${escaped})*)?${tail}$`,
  "i",
);

/**
 * A URI of RFC 3986 with a scheme and at least one character of path or host. As lenient about the host as the
 * usual validator: `http://a:b/` passes, because `//a:b/` is also a path.
 */
export function isUri(text: string): boolean {
  if (plainUri.test(text)) return true;
  const host = bracketedUri.exec(text)?.[1];
  return host !== undefined && (isIpv6(host) || futureAddress.test(host));
}

const futureAddress = /^v[0-9a-f]+\.[a-z0-9\-._~!$&'()*+,;=:]+$/i;
const ipv6Group = /^[0-9a-f]{1,4}$/i;
const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|[01]?\d\d?)\.){3}(?:25[0-5]|2[0-4]\d|[01]?\d\d?)$/;
const ipv6Groups = 8;

/** RFC 3986 IPv6address: eight groups, or fewer around one `::`; the last two may be an IPv4 address. */
function isIpv6(text: string): boolean {
  const [left = "", right, ...more] = text.split("::");
  if (more.length > 0) return false;
  if (right === undefined) return groupsIn(left, true) === ipv6Groups;
  const known = groupsIn(left, false) + groupsIn(right, true);
  return known < ipv6Groups;
}

/** How many groups of 16 bits these are; NaN when they are none, which compares as false with everything. */
function groupsIn(text: string, mayEndInIpv4: boolean): number {
  if (text === "") return 0;
  const parts = text.split(":");
  const last = parts.at(-1) ?? "";
  if (mayEndInIpv4 && ipv4.test(last)) {
    return parts.slice(0, -1).every((part) => ipv6Group.test(part)) ? parts.length + 1 : Number.NaN;
  }
  return parts.every((part) => ipv6Group.test(part)) ? parts.length : Number.NaN;
}

const dateTime = /^(\d{4})-(\d\d)-(\d\d)[t\s](\d\d):(\d\d):(\d\d(?:\.\d+)?)(?:z|([+-]\d\d)(?::?(\d\d))?)$/i;
const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** An instant of RFC 3339, section 5.6: a real day, a time and its distance from UTC. */
export function isDateTime(text: string): boolean {
  const parts = dateTime.exec(text);
  if (parts === null) return false;
  const part = (index: number): number => Number(parts[index] ?? 0);
  const zoneHours = part(7);
  const zoneMinutes = parts[7]?.startsWith("-") ? -part(8) : part(8);
  if (Math.abs(zoneHours) > 23 || Math.abs(zoneMinutes) > 59) return false;
  const [hour, minute, second] = [part(4), part(5), part(6)];
  const time = hour <= 23 && minute <= 59 && second < 60;
  return (
    isDay(part(1), part(2), part(3)) && (time || isLeapSecond(hour - zoneHours, minute - zoneMinutes, second))
  );
}

/** A leap second ends a day of UTC; the usual validator looks no closer than this, so neither do we. */
function isLeapSecond(hour: number, minuteUtc: number, second: number): boolean {
  const hourUtc = hour - (minuteUtc < 0 ? 1 : 0);
  return (hourUtc === 23 || hourUtc === -1) && (minuteUtc === 59 || minuteUtc === -1) && second < 61;
}

function isDay(year: number, month: number, day: number): boolean {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && leap ? 29 : (daysOfMonth[month - 1] ?? 0);
  return day >= 1 && day <= days;
}
