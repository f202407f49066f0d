/** A number at least 0 and below 1. */
type Chance = () => number;
type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Holder = Json[] | { [name: string]: Json };

/** Where a value stands: its holder and its name or index there. */
interface Place {
  readonly holder: Holder;
  readonly key: string | number;
}

/** What is put in place of a value, as JSON: near misses of every form that the schema knows, and values of other kinds. */
const strangers: readonly Json[] = `
null  true  false  0  -1  1.5  1e300  ""  " "  "0"  []  {}  [[]]  [null]  [""]
"receiving"  "assemble"  "Receiving"  "in_transit"  "desadv"  "possessing_party"  "location"  "Mass"
"OBSERVE"  "ADD"  "DELETE"  "observe"  "ALARM_CONDITION"  "did_not_occur"  "x"  "altitude"
"urn:epcglobal:cbv:bizstep:receiving"  "https://ns.gs1.org/cbv/BizStep-receiving"  "http://ns.gs1.org/cbv/Disp-active"
"https://ref.gs1.org/cbv/BizStep-receiving"  "https://gs1.org/voc/Mass"  "http://www.gs1.org/voc/Mass"
"https://www.gs1.org/vocabulary"  "gs1:Mass"  "own:word"  "a:"  "a:b"  ":b"  "1a:b"
"urn:epc:id:sgtin:0614141.107346.2017"  "urn:epc:id sgtin"  "https://id.gs1.org/01/09521141123454"
"http://[::1]/"  "http://[::1"  "http://a:b/"  "//host/path"  "/path"  "#fragment"  "a:%zz"  "a:%4f"  "a:é"
"2005-04-03T20:33:31.116-06:00"  "2005-04-03T20:33:31.116"  "2005-04-03 20:33:31Z"  "2005-02-29T00:00:00Z"
"2004-02-29T00:00:00Z"  "2005-04-03T24:00:00Z"  "2016-12-31T23:59:60Z"  "2005-04-03"  "2005-04-03T20:33:31+0600"
"+01:00"  "01:00"  "+14:00"  "+14:30"  "-13:59"  "+1:00"  "Z"  "KGM"  "kgm"  "K"  "KGMX"  "2.0"  "2."  "2"  "v2"
"F00D"  "f00d"  "F0 0D"  "ObjectEvent"  "AggregationEvent"  "AssociationEvent"  "TransactionEvent"
"TransformationEvent"  "EPCISDocument"  "EPCISQueryDocument"  "own:Event"  "OwnEvent"
{"id":"urn:epc:id:sgln:0614141.00777.0"}  {"id":"nowhere"}  [{"type":"Mass"}]  {"set":[]}  {"set":["active"]}
["urn:a:b","urn:a:b"]  ["urn:a:b","urn:a:c"]  [{"a":1,"b":2},{"b":2,"a":1}]  {"epcClass":"urn:a:b"}
[{"epcClass":"urn:a:b","quantity":1}]  [{"source":"urn:a:b","type":"location"}]  {"own:name":1}
[{"sensorReport":[{"type":"Mass","value":1}]}]  [{"sensorReport":[]}]`
  .trim()
  .split(/ {2}|\n/)
  .map((text) => JSON.parse(text) as Json);
/** Not `toString` or `valueOf`: the usual validator calls them when it compares two objects. */
const names: readonly string[] = `
bizStep|epcList|quantityList|ilmd|readPoint|persistentDisposition|errorDeclaration|parentID|childEPCs|type|action
sensorElementList|transformationID|certificationInfo|recordTime|eventID|@context|eventTime|eventTimeZoneOffset|uom|id
comment|rdfs:comment|own:grade|grade|https://own.example/grade|__proto__|constructor||a b:c|inputEPCList|outputEPCList`
  .trim()
  .split(/[|\n]/);
const letters = ' :/%@#?[]<>"\\^`{|}éÄ0aZ.-+\n';

const pick = <Item>(items: readonly Item[], random: Chance): Item =>
  items[Math.floor(random() * items.length)] as Item;
const entryOf = ({ holder, key }: Place): Json => (holder as Record<string | number, Json>)[key] as Json;
function put({ holder, key }: Place, value: Json): void {
  // As JSON.parse does it: a member that is called __proto__ is a member.
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}
function remove({ holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}
const copied = (value: Json): Json => structuredClone(value);

/** Each changes the value at a place. */
const changes: Readonly<Record<string, (place: Place, random: Chance) => void>> = {
  missing: remove,
  replaced: (place, random) => put(place, copied(pick(strangers, random))),
  renamed: (place, random) => {
    const value = entryOf(place);
    if (!Array.isArray(place.holder)) remove(place);
    put({ ...place, key: Array.isArray(place.holder) ? 0 : pick(names, random) }, value);
  },
  added: (place, random) => {
    const value = entryOf(place);
    const holder = typeof value === "object" && value !== null ? value : place.holder;
    if (Array.isArray(holder)) holder.push(copied(pick(strangers, random)));
    else put({ holder, key: pick(names, random) }, copied(pick(strangers, random)));
  },
  repeated: (place) => {
    const value = entryOf(place);
    if (Array.isArray(place.holder)) place.holder.push(copied(value));
    else put(place, [value, copied(value)]);
  },
  emptied: (place) => put(place, Array.isArray(entryOf(place)) ? [] : {}),
  wrapped: (place) => put(place, [entryOf(place)]),
  misspelt: (place, random) => {
    const value = entryOf(place);
    if (typeof value !== "string") return;
    const at = Math.floor(random() * (value.length + 1));
    const letter = letters.charAt(Math.floor(random() * (letters.length + 1)));
    put(place, value.slice(0, at) + letter + value.slice(at + Math.floor(random() * 2)));
  },
};
const changeNames = Object.keys(changes);

function placesIn(value: Json, holder: Holder, key: string | number, found: Place[]): Place[] {
  found.push({ holder, key });
  if (Array.isArray(value)) value.forEach((item, index) => placesIn(item, value, index, found));
  else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) placesIn(item, value, name, found);
  }
  return found;
}

/** A copy of the document in which one to three things are different, and the names of the changes. */
export function mutated(document: unknown, random: Chance): { document: unknown; made: readonly string[] } {
  const holder: Json[] = [structuredClone(document) as Json];
  const made: string[] = [];
  const count = 1 + Math.floor(random() * random() * 3);
  for (let index = 0; index < count; index++) {
    const places = placesIn(holder[0] as Json, holder, 0, []);
    const name = pick(changeNames, random);
    const place = pick(places, random);
    if (place.holder === holder && random() < 0.9) continue;
    changes[name]?.(place, random);
    made.push(name);
  }
  return { document: holder[0], made };
}
