import { uplinkTopics } from "../topics.ts";
import { vanished } from "./messages.ts";

/** The MQTT binding that AsyncAPI 3.0 knows. */
export const bindingVersion = "0.2.0";
/** Topics with these are the addresses of channels. */
export const gatewayName = { site: "{site}", gateway: "{gateway}" };

/** The two brokers. */
export const servers = {
  headquarters: {
    host: "{broker}",
    protocol: "secure-mqtt",
    protocolVersion: "5.0",
    description:
      "HQ's broker: MQTT 5 or 3.1.1, over TLS with a client certificate whose common name is {site}/{gateway}.",
    variables: { broker: { description: "Host and port.", examples: ["hq.example:8883"] } },
    security: [
      { $ref: "#/components/securitySchemes/certificate" },
      { $ref: "#/components/securitySchemes/account" },
    ],
    bindings: {
      mqtt: {
        lastWill: {
          topic: uplinkTopics.state(gatewayName),
          qos: 1,
          retain: true,
          message: JSON.stringify(vanished),
        },
        bindingVersion,
      },
    },
  },
  store: {
    host: "{broker}",
    protocol: "mqtt",
    description: "The gateway's own broker, for the agents of its site; MQTT 3.1.1.",
    variables: {
      broker: { description: "Loopback unless it was decided otherwise.", default: "127.0.0.1:1883" },
    },
    security: [{ $ref: "#/components/securitySchemes/account" }],
  },
} as const;
