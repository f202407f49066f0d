import { itDrivesMagicrf } from "./magicrf-family.ts";

itDrivesMagicrf("m100-bb");
