/** Totes are assets of a type with a serial number, parcels have a code of their own. */
export const isContainer = (uri: string): boolean => /^https:\/\/id\.gs1\.org\/(00|8003)\//.test(uri);
