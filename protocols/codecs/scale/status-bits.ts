/** Whether a bit of a status byte is set; bit 0 is the lowest. */
export const isSet = (byte: number, bit: number): boolean => ((byte >> bit) & 1) === 1;
