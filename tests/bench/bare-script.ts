// The script that somebody writes in an afternoon: serial lines to MQTT, without any promise. A yardstick.
import mqtt from "mqtt";
import { SerialPort } from "serialport";

const [path = "", url = ""] = process.argv.slice(2);
const client = mqtt.connect(url);
const port = new SerialPort({ path, baudRate: 115_200 });
let rest = "";
port.on("data", (bytes: Buffer) => {
  const lines = (rest + bytes.toString("latin1")).split("\r");
  rest = lines.pop() ?? "";
  for (const line of lines) client.publish("bare/scan", JSON.stringify({ line }), { qos: 0 });
});
