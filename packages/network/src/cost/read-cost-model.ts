import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { isPrintable } from "@kubenetsim/core/runtime/is-printable";
import { type CostConstant, type CostConstantName, type CostFit, costConstantNames } from "./constants.ts";
import type { CostModel } from "./model.ts";
import { costModelNames, costModels } from "./models.ts";

const texts = ["name", "kernel", "date", "machine", "method", "source"] as const;
const fields = [...texts, "constants", "lacks"];

type Fields = Readonly<Record<string, unknown>>;

/**
 * A cost model out of a file's value: the fields of `CostModel`, all but `lacks` required.
 *
 * @param value as JSON or YAML gives it
 * @param source what messages call it: a file's name
 * @throws ParseError for an unknown or missing field, a text that is empty, cannot be printed or is too long, a name of a built-in model, a number that is none or negative, a value
 *   that does not lie in its range
 */
export function readCostModel(value: unknown, source: string): CostModel {
  const model = objectAt(value, source);
  requireKnown(model, fields, source);
  for (const name of texts) {
    const text = model[name];
    if (typeof text !== "string" || text.trim() === "") {
      throw new ParseError(`${source}: ${name} must be a text that is not empty`, { hint: hints[name] });
    }
    requirePrintable(text, name === "name" ? mostOfName : mostOfText, `${source}: ${name}`);
  }
  if (!/^\d{4}-\d\d-\d\d$/.test(model.date as string)) {
    throw new ParseError(`${source}: date must be a day, not "${model.date}"`, { hint: hints.date });
  }
  const constants = readConstants(model.constants, `${source}: constants`);
  const lacks = readLacks(model.lacks ?? {}, constants, `${source}: lacks`);
  const [name, kernel, date, machine, method, from] = texts.map((field) => model[field] as string);
  const read: CostModel = {
    name: name!,
    kernel: kernel!,
    date: date!,
    machine: machine!,
    method: method!,
    source: from!,
    constants,
    lacks,
  };
  requireOwnName(read, source);
  return read;
}

const mostOfName = 64;
const mostOfText = 1000;

function requirePrintable(text: string, most: number, path: string): void {
  if (!isPrintable(text)) throw new ParseError(`${path} must be one line of text without control characters`);
  if (text.length > most) throw new ParseError(`${path} has ${text.length} characters, at most ${most} are taken`);
}

/** A results file has built-in models whole; another one must not pass for them. */
function requireOwnName(model: CostModel, source: string): void {
  const builtIn = costModelNames.find((name) => name === model.name);
  if (builtIn === undefined || sorted(model) === sorted(costModels[builtIn])) return;
  throw new ParseError(`${source}: name is that of the built-in model ${builtIn}, which is another`, {
    hint: "give it a name of its own",
  });
}

/** Its text, in whatever order its fields stand. */
function sorted(model: CostModel): string {
  return JSON.stringify(model, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

const hints: Readonly<Record<(typeof texts)[number], string>> = {
  name: "estimates are printed with the model's name",
  kernel: "for example: kernel: Linux 6.12.9; iptables 1.8.11 (nf_tables)",
  date: 'when it was measured, for example: date: "2026-11-23"',
  machine: "for example: machine: 8 cores of an AMD EPYC 9354, alone",
  method: "say how it was measured",
  source: "numbers without a source are worth nothing: say who measured them, or where they are written",
};

function readConstants(value: unknown, path: string): CostModel["constants"] {
  const given = objectAt(value, path);
  requireKnown(given, costConstantNames, path);
  if (Object.keys(given).length === 0) {
    throw new ParseError(`${path}: there is none`, { hint: `it may have ${costConstantNames.join(", ")}` });
  }
  return Object.fromEntries(Object.entries(given).map(([name, each]) => [name, readConstant(each, `${path}.${name}`)]));
}

function readConstant(value: unknown, path: string): CostConstant {
  const hint = "for example { ns: 5.7, rangeNs: [3.0, 8.1] }";
  const given = objectAt(value, path, hint);
  requireKnown(given, ["ns", "rangeNs", "fit"], path);
  const { ns, rangeNs, fit } = given;
  if (!isTime(ns)) throw new ParseError(`${path}.ns: must be a number of nanoseconds, 0 or more`, { hint });
  if (!Array.isArray(rangeNs) || rangeNs.length !== 2 || !rangeNs.every(isTime)) {
    throw new ParseError(`${path}.rangeNs: must be the lowest and the highest value seen, 0 or more`, { hint });
  }
  const [low, high] = rangeNs as [number, number];
  if (low > ns || ns > high) {
    throw new ParseError(`${path}: ${ns} does not lie in its range of ${low} to ${high}`, { hint });
  }
  return { ns, rangeNs: [low, high], ...(fit === undefined ? {} : { fit: readFit(fit, `${path}.fit`) }) };
}

function readFit(value: unknown, path: string): CostFit {
  const hint = "for example { quartilesNs: [5.1, 6.0], medianNs: 5.6, r2: 0.99, batches: 31, sizes: 6 }";
  const given = objectAt(value, path, hint);
  requireKnown(given, ["quartilesNs", "medianNs", "r2", "batches", "sizes"], path);
  const { quartilesNs, medianNs, r2, batches, sizes } = given;
  const counts = [batches, sizes].every((count) => Number.isInteger(count) && (count as number) > 0);
  const numbers = [medianNs, ...(Array.isArray(quartilesNs) ? quartilesNs : []), r2 ?? 1];
  if (!counts || numbers.length !== 4 || !numbers.every(Number.isFinite)) {
    throw new ParseError(`${path}: must be what a calibration writes`, { hint });
  }
  return given as unknown as CostFit;
}

function readLacks(value: unknown, constants: CostModel["constants"], path: string): CostModel["lacks"] {
  const given = objectAt(value, path);
  requireKnown(given, costConstantNames, path);
  for (const [name, reason] of Object.entries(given)) {
    if (typeof reason !== "string" || reason === "") throw new ParseError(`${path}.${name}: must say why`);
    requirePrintable(reason, mostOfText, `${path}.${name}`);
    if (constants[name as CostConstantName] !== undefined) {
      throw new ParseError(`${path}.${name}: the model has this constant`);
    }
  }
  return given as CostModel["lacks"];
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function objectAt(value: unknown, path: string, hint?: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new ParseError(`${path}: must be an object`, hint === undefined ? {} : { hint });
}

function requireKnown(given: Fields, known: readonly string[], path: string): void {
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    const meant = nearestWord(key, known);
    throw new ParseError(`${path}: unknown field "${key}"`, {
      hint: meant === undefined ? `the fields are ${known.join(", ")}` : `did you mean ${meant}?`,
    });
  }
}
