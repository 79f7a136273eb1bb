import { GoPattern, goPattern } from "@kubenetsim/core/pattern/go-pattern";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Dispenser } from "../../corefile/dispenser.ts";
import { unsignedOf } from "../../corefile/integer.ts";
import { originsOf } from "../../corefile/zone-and-port.ts";
import { parseRcode, type Rcode } from "../../message/rcode.ts";
import type { RecordClass } from "../../message/record-class.ts";
import { parseRecordType, type RecordType } from "../../message/record-type.ts";
import type { DnsName } from "../../message/resource-record.ts";
import { goTemplate, type TemplateData } from "./go-template.ts";

type Filled = (data: TemplateData) => string;

/** One `template` line. */
export interface TemplateSettings {
  readonly class: RecordClass;
  readonly type: RecordType;
  readonly zones: readonly DnsName[];
  readonly patterns: { readonly text: string; readonly pattern: GoPattern }[];
  readonly answer: Filled[];
  readonly additional: Filled[];
  readonly authority: Filled[];
  rcode: Rcode;
  extendedError: { readonly code: number; readonly reason: string } | undefined;
  fallthrough: readonly DnsName[];
}

/** @throws ParseError as plugin/template/setup.go words it; UnsupportedError for expressions and variables */
export function readTemplates(words: Dispenser, blockZones: readonly DnsName[]): TemplateSettings[] {
  const templates: TemplateSettings[] = [];
  while (words.next()) {
    const recordClass = classNamed(words);
    const type = typeNamed(words);
    const template: TemplateSettings = {
      class: recordClass,
      type,
      zones: originsOf(words.remainingArgs(), blockZones),
      patterns: [],
      answer: [],
      additional: [],
      authority: [],
      rcode: "NOERROR",
      extendedError: undefined,
      fallthrough: [],
    };
    while (words.nextBlock()) readOption(words, template);
    if (template.patterns.length === 0) template.patterns.push({ text: ".*", pattern: new GoPattern(".*") });
    templates.push(template);
  }
  return templates;
}

function classNamed(words: Dispenser): RecordClass {
  if (!words.nextArg()) throw words.argErr();
  const name = words.val();
  if (name === "IN" || name === "CH" || name === "HS" || name === "NONE" || name === "ANY") return name;
  throw words.err(`invalid query class ${name}`);
}

function typeNamed(words: Dispenser): RecordType {
  if (!words.nextArg()) throw words.argErr();
  const name = words.val();
  const type = name === name.toUpperCase() && !/^TYPE\d/.test(name) ? parseRecordType(name) : undefined;
  if (type === undefined) throw words.err(`invalid RR class ${name}`);
  return type;
}

function readOption(words: Dispenser, template: TemplateSettings): void {
  const option = words.val();
  if (option === "match") readPatterns(words, template);
  else if (option === "answer" || option === "additional" || option === "authority") {
    const ending = option === "answer" ? "" : "\n";
    for (const text of someArguments(words)) {
      template[option].push(
        goTemplate(text, (problem) =>
          words.err(`could not compile template: ${words.val()}, template: ${option}:1: ${problem}${ending}`),
        ),
      );
    }
  } else if (option === "rcode") readRcode(words, template);
  else if (option === "ederror") readExtendedError(words, template);
  else if (option === "fallthrough") template.fallthrough = originsOf(words.remainingArgs(), ["."]);
  else if (option === "upstream") words.remainingArgs();
  else if (option === "var" || option === "expr") {
    throw new UnsupportedError(`template ${option}`, "expressions of the expr language", words.position());
  } else throw words.argErr();
}

function readPatterns(words: Dispenser, template: TemplateSettings): void {
  for (const text of someArguments(words)) {
    if (text.length > 10_000) throw words.err(`regex pattern too long: ${text.length} > 10000`);
    const pattern = goPattern(text, (problem) => words.err(`could not parse regex: ${text}, ${problem}`));
    template.patterns.push({ text, pattern });
  }
}

function readRcode(words: Dispenser, template: TemplateSettings): void {
  if (!words.nextArg()) throw words.argErr();
  const name = words.val();
  const rcode = name === name.toUpperCase() ? parseRcode(name) : undefined;
  if (rcode === undefined) throw words.err(`unknown rcode ${name}`);
  template.rcode = rcode;
}

function readExtendedError(words: Dispenser, template: TemplateSettings): void {
  const [text, reason = "", ...more] = words.remainingArgs();
  if (text === undefined || more.length > 0) throw words.argErr();
  const code = unsignedOf(text, 16, (problem) =>
    words.err(`error parsing extended DNS error code ${words.val()}, ${problem}\n`),
  );
  template.extendedError = { code, reason };
}

function someArguments(words: Dispenser): string[] {
  const args = words.remainingArgs();
  if (args.length === 0) throw words.argErr();
  return args;
}
