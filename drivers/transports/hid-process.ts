/**
 * The entry of the HID process, forked by `hid.ts`. All HID devices of an agent live here, apart from it:
 * node-hid is native code that may crash, and its reads must not take the agent's threads.
 */
import * as hid from "node-hid";
import { serveHid } from "./hid-serving.ts";
import { nodeHidBackend } from "./node-hid-backend.ts";

serveHid(nodeHidBackend(hid));
