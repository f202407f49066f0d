import { type Document, LineCounter, parseDocument, visit, type YAMLError } from "yaml";
import type { z } from "zod";
import { type Configuration, configurationSchema } from "../protocols/config/configuration.ts";
import { configurationJsonSchema, type JsonSchema } from "../protocols/config/json-schema.ts";
import { checkReferences } from "../protocols/config/references.ts";
import { allowedWords, closestWord, foundWords, schemaAt } from "./configuration-words.ts";
import { type Path, pathWords, placeOf } from "./yaml-places.ts";

/** One thing that is wrong, where it stands, and what would be right. Its JSON is what `--json` prints. */
export interface ConfigurationError {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** `devices[2].transport.baudRate`; empty for the file as a whole. */
  readonly path: string;
  readonly found: string;
  readonly allowed: string;
}

export type ConfigurationReading =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly errors: readonly ConfigurationError[] };

/** A hundred devices need some 50 thousand; more is not a configuration. */
const configurationCharactersMax = 1024 * 1024;
/** Aliases are a convenience; a thousand of them multiplied are an attack. */
const aliasesMax = 100;

/** A finding at its place in the text. */
interface Mistake extends Finding {
  readonly offset: number;
}
type Judgement =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };
export interface Finding {
  readonly path: Path;
  readonly found: string;
  readonly allowed: string;
  /** The mistake is the name itself, and not what stands behind it. */
  readonly atKey?: boolean;
}

/** What one command needs beyond what every configuration must have. */
export type Demand = (configuration: Configuration) => readonly Finding[];
const noDemand: Demand = () => [];

/** Reads, checks whole, fills in defaults and freezes; or tells everything that is wrong at once. */
export function readConfiguration(text: string, fileName: string, demand = noDemand): ConfigurationReading {
  const lines = new LineCounter();
  const judgement = judge(text, lines, demand);
  if (judgement.ok) return { ok: true, configuration: deepFreeze(judgement.configuration) };
  const errors = judgement.mistakes.map(({ offset, path, found, allowed }) => {
    const { line, col } = lines.linePos(offset);
    return {
      file: fileName,
      line: Math.max(1, line),
      column: Math.max(1, col),
      path: pathWords(path),
      found,
      allowed,
    };
  });
  return { ok: false, errors: errors.sort(byPlace) };
}

function judge(text: string, lines: LineCounter, demand: Demand): Judgement {
  if (text.length > configurationCharactersMax) {
    const allowed = `at most ${configurationCharactersMax}`;
    return { ok: false, mistakes: [{ offset: 0, path: [], found: `${text.length} characters`, allowed }] };
  }
  const document = parseDocument(text, {
    lineCounter: lines,
    version: "1.2",
    prettyErrors: false,
    logLevel: "error",
  });
  const broken = [...document.errors, ...document.warnings].map(syntaxMistake);
  if (broken.length > 0) return { ok: false, mistakes: broken };
  const followed = follow(document);
  if ("mistakes" in followed) return { ok: false, mistakes: followed.mistakes };
  const { written } = followed;
  const result = configurationSchema.safeParse(written);
  const findings = result.success ? demand(result.data) : findingsOf(result.error.issues, written);
  if (result.success && findings.length === 0) return { ok: true, configuration: result.data };
  return {
    ok: false,
    mistakes: findings.map((finding) => ({
      ...finding,
      offset: placeOf(document, finding.path, finding.atKey),
    })),
  };
}

/** One line each, as compilers write them, so that editors jump there. */
export function formatErrors(errors: readonly ConfigurationError[]): string {
  return errors
    .map(({ file, line, column, path, found, allowed }) => {
      const place = path === "" ? "" : `${path}: `;
      return `${file}:${line}:${column}: ${place}found ${found}; allowed: ${allowed}`;
    })
    .join("\n");
}

/** What YAML's own errors mean, where they happen to technicians; others keep the parser's words. */
const syntaxWords: Readonly<Record<string, readonly [string, string]>> = {
  TAB_AS_INDENT: ["a tab", "spaces for indentation"],
  DUPLICATE_KEY: ["a name for the second time in its section", "each name once"],
  BAD_INDENT: ["a line that is not indented like its neighbours", "the same indentation within a section"],
  MULTIPLE_DOCS: ["a second document (---)", "one document"],
  TAG_RESOLVE_FAILED: ["an unknown tag (!)", "plain YAML 1.2"],
};

function syntaxMistake(error: YAMLError): Mistake {
  const [found, allowed] = syntaxWords[error.code] ?? [firstLine(error.message), "YAML 1.2"];
  return { offset: error.pos[0], path: [], found, allowed };
}

/** The plain value, or the aliases that lead nowhere or multiply themselves. */
function follow(document: Document.Parsed): { readonly written: unknown } | { readonly mistakes: Mistake[] } {
  const mistakes: Mistake[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return;
      const allowed = "an alias to an anchor (&) above it";
      mistakes.push({
        offset: alias.range?.[0] ?? 0,
        path: [],
        found: `the alias *${alias.source}`,
        allowed,
      });
    },
  });
  if (mistakes.length > 0) return { mistakes };
  try {
    return { written: document.toJS({ maxAliasCount: aliasesMax }) };
  } catch {
    const found = "aliases that multiply each other";
    return { mistakes: [{ offset: 0, path: [], found, allowed: `at most ${aliasesMax} of them` }] };
  }
}

const firstLine = (message: string): string => message.split("\n")[0] ?? message;

function findingsOf(issues: readonly z.core.$ZodIssue[], written: unknown): Finding[] {
  const schema = configurationJsonSchema();
  const findings = issues.flatMap((issue) => findingsOfIssue(issue, schema, written));
  // Where shapes are wrong the schema does not look at names any more, but the user wants both at once.
  const seen = new Set(findings.map(({ path }) => pathWords(path)));
  const contradictions = checkReferences(written)
    .filter(({ path }) => !seen.has(pathWords(path)))
    .map(({ path, found, allowed }) => ({ path, found, allowed: withHint(valueAt(written, path), allowed) }));
  return [...findings, ...contradictions];
}

function findingsOfIssue(issue: z.core.$ZodIssue, schema: JsonSchema, written: unknown): Finding[] {
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  if (issue.code === "unrecognized_keys") {
    const place = schemaAt(schema, written, path);
    return issue.keys.map((key) => unknownKey([...path, key], key, Object.keys(place?.properties ?? {})));
  }
  // References are looked at once more below, with or without other errors.
  if (issue.code === "custom" && issue.params) return [];
  const value = valueAt(written, path);
  const own = issue.code === "custom" || issue.code === "invalid_format";
  const allowed = own ? issue.message : choicesOrWords(issue, schemaAt(schema, written, path));
  return [{ path, found: foundWords(value), allowed: withHint(value, quoteHint(issue, value, allowed)) }];
}

/** The names of a union's options stand in the issue, all other choices in the schema. */
function choicesOrWords(issue: z.core.$ZodIssue, schema: JsonSchema | undefined): string {
  const options = issue.code === "invalid_union" && "options" in issue ? issue.options : undefined;
  if (Array.isArray(options)) return options.join(", ");
  return allowedWords(schema);
}

/** YAML takes an unquoted 4012345000009 for a number, and so is the 5 of `mqttVersion: 5`. */
function quoteHint(issue: z.core.$ZodIssue, value: unknown, allowed: string): string {
  const wantsText =
    (issue.code === "invalid_type" && issue.expected === "string") ||
    (issue.code === "invalid_value" && issue.values.includes(String(value)));
  if (!wantsText || typeof value === "string" || allowed.includes("in quotes")) return allowed;
  return ["number", "boolean"].includes(typeof value) ? `${allowed}, in quotes` : allowed;
}

function unknownKey(path: Path, key: string, names: readonly string[]): Finding {
  return {
    path,
    found: `the unknown name ${JSON.stringify(key)}`,
    allowed: withHint(key, names.join(", ") || "nothing more"),
    atKey: true,
  };
}

/** Says which of several allowed words was probably meant. */
function withHint(value: unknown, allowed: string): string {
  const words = allowed.split(", ");
  if (typeof value !== "string" || words.some((word) => word.includes(" "))) return allowed;
  const meant = closestWord(value, words);
  return meant === undefined ? allowed : `${allowed} (did you mean ${meant}?)`;
}

const valueAt = (written: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, step) => (value as Readonly<Record<string | number, unknown>> | null | undefined)?.[step],
    written,
  );

const byPlace = (left: ConfigurationError, right: ConfigurationError): number =>
  left.line - right.line || left.column - right.column;

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
