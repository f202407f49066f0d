/** What the code of an LLRPStatus, and of the errors within it, says (LLRP 1.1, section 15.1). */
export const llrpStatuses: Readonly<Record<number, string>> = {
  100: "wrong parameter",
  101: "wrong field",
  102: "unexpected parameter",
  103: "missing parameter",
  104: "parameter given twice",
  105: "too many parameters",
  106: "value too large",
  107: "unknown parameter",
  108: "unknown field",
  109: "unsupported message",
  110: "unsupported version",
  111: "unsupported parameter",
  112: "unexpected message",
  200: "wrong parameter within",
  201: "wrong field within",
  202: "unexpected parameter within",
  203: "missing parameter within",
  204: "parameter given twice within",
  205: "too many parameters within",
  206: "value too large within",
  207: "unknown parameter within",
  208: "unknown field within",
  209: "unsupported parameter within",
  300: "invalid value",
  301: "value out of range",
  401: "device error",
};

/** Which events a reader can be told to notify of (EventNotificationState). */
export const llrpEventTypes = {
  roSpec: 2,
  bufferWarning: 3,
  readerException: 4,
  antenna: 8,
} as const;

export const impinjVendor = 25_882;
/** IMPINJ_ENABLE_EXTENSIONS, and what answers it. */
export const impinjEnableExtensions = 21;
export const impinjEnableExtensionsResponse = 22;
