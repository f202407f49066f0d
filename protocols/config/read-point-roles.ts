/** What a read point is for; the store services act on it. */
export const readPointRoles = [
  "returns-desk",
  "inspection",
  "repair",
  "returns-cage",
  "packing",
  "unpacking",
  "sales-floor",
  "checkout",
  "supplier",
  "recycling",
  "dock",
  "dock-in",
  "dock-out",
  "door",
  "disposal",
  "weighing",
  "kiosk",
  "counter",
] as const;
export type ReadPointRole = (typeof readPointRoles)[number];
