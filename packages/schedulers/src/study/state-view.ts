import { formatAddress } from "../address.ts";
import type { Server } from "../scheduler.ts";
import { letterOf } from "../servers.ts";

/** A scheduler's state, ready to be read: servers by their letters. */
export interface StateView {
  /** `current weight` → `3`. */
  readonly values: Readonly<Record<string, string>>;
  /** `current weights` → one for each server, in the list's order. */
  readonly perServer: Readonly<Record<string, readonly string[]>>;
  /** A table's places: index of a server, -1 for none. */
  readonly table?: readonly number[];
  /** What it remembers of addresses: `100.64.0.1` → `A`. */
  readonly memory: Readonly<Record<string, string>>;
}

/** Arrays of numbers from this length on are tables. */
const shortestTable = 17;
const longestValue = 32;

/**
 * Any scheduler's state, by its shape. A state that is a number and fields called `position` or `targets` are indexes in the
 * list and become letters; so do long arrays of such numbers, which are tables; arrays as long as the list belong to its servers;
 * and what has an `address` and a `serverId` or `serverIds` is something remembered.
 */
export function viewState(state: unknown, servers: readonly Server[]): StateView {
  const values: Record<string, string> = {};
  const perServer: Record<string, readonly string[]> = {};
  const memory: Record<string, string> = {};
  let table: readonly number[] | undefined;
  const fields = typeof state === "number" ? { position: state } : isRecord(state) ? state : {};
  for (const [field, value] of Object.entries(fields)) {
    const label = inWords(field);
    if (field === "targets") values[label] = (value as number[]).map((index) => letterAt(servers, index)).join(" ");
    else if (Array.isArray(value)) {
      const innermost = value.flat(Number.POSITIVE_INFINITY) as unknown[];
      const remembered = innermost.filter(isRemembered);
      if (remembered.length > 0) Object.assign(memory, ...remembered.map(describeMemory));
      else if (value.length >= shortestTable && value.every((item) => isPlace(item, servers)))
        table = value as number[];
      else if (value.length === servers.length && value.some((item) => item !== null))
        Object.assign(perServer, serverColumns(label, value));
      else if (innermost.some((item) => item !== null)) values[label] = inShort(value);
    } else if (field === "position") values[label] = letterAt(servers, value as number);
    else if (field !== "buckets") values[label] = inShort(value);
  }
  return { values, perServer, memory, ...(table !== undefined && { table }) };
}

/** What is long is there, but is not told. */
function inShort(value: unknown): string {
  if (value === null) return "-";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length <= longestValue ? text : "(long)";
}

/** The letter of the server at an index; `head` for -1, where the list begins. */
export function letterAt(servers: readonly Server[], index: number): string {
  const server = servers[index];
  return server === undefined ? "head" : letterOf(server.id);
}

/** Numbers, or an object for each server, whose fields become columns of their own. */
function serverColumns(label: string, items: readonly unknown[]): Record<string, readonly string[]> {
  if (!items.every(isRecord)) return { [label]: items.map(textOf) };
  const fields = Object.keys(items[0] ?? {}).filter((field) => field !== "id");
  return Object.fromEntries(fields.map((field) => [inWords(field), items.map((item) => String(item[field]))]));
}

/** An index of a server, or -1 for none. */
function isPlace(item: unknown, servers: readonly Server[]): boolean {
  return Number.isInteger(item) && (item as number) >= -1 && (item as number) < servers.length;
}

/** Fractions to four digits. */
function textOf(value: unknown): string {
  if (value === null) return "-";
  return typeof value === "number" && !Number.isInteger(value) ? String(Number(value.toPrecision(4))) : String(value);
}

interface Remembered {
  readonly address: readonly number[];
  readonly serverId?: number;
  readonly serverIds?: readonly number[];
}

function isRemembered(value: unknown): value is Remembered {
  return isRecord(value) && Array.isArray(value.address) && ("serverId" in value || "serverIds" in value);
}

function describeMemory({ address, serverId, serverIds }: Remembered): Record<string, string> {
  return { [formatAddress(address)]: (serverIds ?? [serverId!]).map(letterOf).join(", ") };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `currentWeight` → `current weight`. */
function inWords(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
