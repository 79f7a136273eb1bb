import { recordDataText } from "@kubenetsim/dns/message/record-text";
import type { NameLookup, NameQuery } from "./name-lookup.ts";
import { lookupErrorTexts } from "./unresolved.ts";

/** A look-up for people: what was found, then each query with its answer, who gave it and why. */
export function lookupText(lookup: NameLookup): string {
  const { queries, tookMs } = lookup;
  const widths = columnWidths(queries);
  const lines = queries.flatMap((query, index) => queryLines(query, index + 1, widths));
  const count = `${queries.length} ${queries.length === 1 ? "query" : "queries"}, ${tookMs} ms waited`;
  return `${outcomeText(lookup)}\n\n${lines.map((line) => `${line}\n`).join("")}${lines.length === 0 ? "" : "\n"}${count}\n`;
}

/** What was found. */
export function outcomeText({ name, source, addresses, error, foundAs }: NameLookup): string {
  if (error !== undefined) return `${name} → ${error}: ${lookupErrorTexts[error]}`;
  const by = { address: "is an address", files: "by /etc/hosts", dns: `as ${foundAs}` }[source];
  return `${name} → ${addresses.join(", ")}   (${by})`;
}

interface Widths {
  readonly number: number;
  readonly question: number;
}

function columnWidths(queries: readonly NameQuery[]): Widths {
  return {
    number: String(queries.length).length,
    question: Math.max(0, ...queries.map((query) => questionText(query).length)),
  };
}

function questionText({ message }: NameQuery): string {
  const { name, type } = message.questions[0]!;
  return `${name} ${type}`;
}

function queryLines(query: NameQuery, number: number, widths: Widths): string[] {
  const { server, transport, atMs, answeredBy, steps } = query;
  const shown = `${String(number).padStart(widths.number)} ${questionText(query).padEnd(widths.question)}  ${answerText(query)}`;
  const when = atMs === 0 ? "" : `after ${atMs} ms, `;
  const to = `${when}${transport} to ${server}${answeredBy === undefined ? "" : `, answered by ${answeredBy}`}`;
  const indent = " ".repeat(widths.number + 1);
  const reasons = steps.map(({ plugin, text, objects = [] }) => {
    const behind = objects.length === 0 ? "" : `   # ${objects.join(", ")}`;
    return `${indent}  ${plugin}: ${text}${behind}`;
  });
  return [shown, `${indent}  ${to}`, ...reasons];
}

export function answerText({ outcome }: NameQuery): string {
  if (outcome.kind !== "answered") return outcome.kind === "refused" ? "refused" : "no answer";
  const { rcode, answers, flags } = outcome.message;
  if (rcode !== "NOERROR") return rcode;
  if (answers.length === 0) return flags.tc ? "cut" : "no such record";
  return `${answers.map((record) => `${record.type === "CNAME" ? "CNAME " : ""}${recordDataText(record)}`).join(", ")}${flags.tc ? " … (cut)" : ""}`;
}

/** A look-up as JSON holds it. */
export function lookupToJson({ queries, ...lookup }: NameLookup): unknown {
  return { ...lookup, queries: queries.map(queryToJson) };
}

function queryToJson({ message, server, transport, socket, atMs, outcome, answeredBy, steps }: NameQuery): unknown {
  const { name, type } = message.questions[0]!;
  const became =
    outcome.kind === "answered"
      ? {
          rcode: outcome.message.rcode,
          truncated: outcome.message.flags.tc,
          answers: outcome.message.answers.map((record) => ({
            name: record.name,
            type: record.type,
            ttl: record.ttl,
            data: recordDataText(record),
          })),
        }
      : { failure: outcome.kind };
  return { name, type, server, transport, socket, atMs, ...became, answeredBy, steps };
}
