/** How a text names its own place (gateway/envelope.ts writes it so). */
const placeText = (epoch: string, sequence: number): string =>
  `"epoch":${JSON.stringify(epoch)},"sequence":"${sequence}"`;

export interface Place {
  readonly epoch: string;
  readonly sequence: number;
}

/**
 * The text under its new place; a text that does not name its place stays as it is. Quotes inside a JSON string
 * are escaped, so nothing that a device said can look like a place.
 */
export function renumberedBody(body: string, from: Place, to: Place): string {
  return body.replaceAll(placeText(from.epoch, from.sequence), () => placeText(to.epoch, to.sequence));
}

/** The epoch that a text names beside its own sequence. */
export function epochIn(body: string, sequence: number): string | undefined {
  return new RegExp(`"epoch":"([^"\\\\]+)","sequence":"${sequence}"`).exec(body)?.[1];
}
