import { itDrivesMagicrf } from "./magicrf-family.ts";

itDrivesMagicrf("r200-aa");
