import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { RecordClass } from "../message/record-class.ts";
import { parseRecordType } from "../message/record-type.ts";
import type { DnsName, ResourceRecord } from "../message/resource-record.ts";
import { recordFromText } from "./record-data.ts";
import { type ZoneFail, type ZoneLine, type ZoneWord, zoneLines } from "./zone-lines.ts";
import { absoluteName, ttlOf } from "./zone-name.ts";

export interface ZoneTextOptions {
  readonly origin: DnsName;
  /** As errors name it; empty for a text that is no file. */
  readonly source: string;
  /** Seconds, for records without a TTL of their own. Without it the first one has to have one. */
  readonly defaultTtl?: number;
}

/** What the lines before have set. */
interface ParserState {
  origin: DnsName;
  /** Empty before the first one. */
  owner: DnsName;
  ttl: number | undefined;
  /** True once $TTL has set it: then a record's own TTL is its own alone. */
  ttlIsSet: boolean;
}

/**
 * The records of a zone's text, in its order (RFC 1035, section 5.1; miekg/dns scan.go).
 *
 * @throws ParseError worded as the real parser words it; UnsupportedError for $INCLUDE, $GENERATE and types that are not known
 *
 * @example parseZone("@ 60 A 192.0.2.1", { origin: "example.org.", source: "db" })[0]!.name // "example.org."
 */
export function parseZone(text: string, { origin, source, defaultTtl }: ZoneTextOptions): ResourceRecord[] {
  const fail: ZoneFail = (problem, { text: token, line, column }) =>
    new ParseError(
      `${source === "" ? "" : `${source}: `}dns: ${problem}: ${JSON.stringify(token)} at line: ${line}:${column}`,
      {
        position: { source, line, column },
      },
    );
  const state: ParserState = { origin, owner: "", ttl: defaultTtl, ttlIsSet: false };
  const records: ResourceRecord[] = [];
  for (const line of zoneLines(text, fail)) {
    const first = line.words[0]!;
    if (!line.indented && !first.quoted && directives.has(first.text.toUpperCase())) directive(line, state, fail);
    else records.push(recordOf(line, state, fail));
  }
  return records;
}

const directives = new Set(["$ORIGIN", "$TTL", "$INCLUDE", "$GENERATE"]);

function directive({ words }: ZoneLine, state: ParserState, fail: ZoneFail): void {
  const [name, value, extra] = words as readonly [ZoneWord, ...ZoneWord[]];
  const keyword = name.text.toUpperCase();
  if (keyword === "$INCLUDE" || keyword === "$GENERATE") {
    throw new UnsupportedError(`${keyword} in zone text`, `line ${name.line}`);
  }
  if (value === undefined) throw fail(`expecting ${keyword} value, not this...`, name);
  if (extra !== undefined) throw fail("garbage after rdata", extra);
  if (keyword === "$TTL") {
    state.ttl = ttlOf(value.text);
    state.ttlIsSet = true;
    if (state.ttl === undefined) throw fail("expecting $TTL value, not this...", value);
    return;
  }
  const origin = absoluteName(value.text, state.origin);
  if (origin === undefined) throw fail("bad origin name", value);
  state.origin = origin;
}

function recordOf({ indented, words }: ZoneLine, state: ParserState, fail: ZoneFail): ResourceRecord {
  const rest = [...words];
  if (!indented) {
    const owner = absoluteName(rest[0]!.text, state.origin);
    if (owner === undefined) throw fail("bad owner name", rest[0]!);
    state.owner = owner;
    rest.shift();
  }
  let recordClass: RecordClass | undefined;
  let ttl: number | undefined;
  for (;;) {
    const word = rest.shift();
    if (word === undefined) throw fail("unexpected newline", words.at(-1)!);
    refuseUnmodelled(word);
    const type = parseRecordType(word.text);
    if (type !== undefined) {
      ttl ??= state.ttl;
      if (ttl === undefined && recordClass === undefined) throw fail("missing TTL with no previous value", word);
      const head = { name: state.owner, class: recordClass ?? "IN", ttl: ttl ?? 0 } as const;
      return recordFromText(head, type, rest, { origin: state.origin, fail, typeWord: word });
    }
    const named = classNamed(word.text);
    if (named !== undefined && recordClass === undefined) recordClass = named;
    else if (ttl === undefined) ttl = ownTtl(word, state, fail);
    else throw fail(recordClass === undefined ? "expecting RR type or class, not this..." : "unknown RR type", word);
  }
}

function ownTtl(word: ZoneWord, state: ParserState, fail: ZoneFail): number {
  const ttl = ttlOf(word.text);
  if (ttl === undefined) throw fail("not a TTL", word);
  if (!state.ttlIsSet) state.ttl = ttl;
  return ttl;
}

function classNamed(text: string): RecordClass | undefined {
  const upper = text.toUpperCase();
  if (upper === "IN" || upper === "CH" || upper === "HS" || upper === "NONE" || upper === "ANY") return upper;
  return /^CLASS\d{1,5}$/.test(upper) ? (upper as RecordClass) : undefined;
}

/** Types that the real parser knows and that are not modelled: signed zones, and what is rarely seen. */
const unmodelledTypes = new Set(
  "DNAME RRSIG NSEC NSEC3 NSEC3PARAM DNSKEY DS CDS CDNSKEY DLV KEY SIG TSIG TKEY SVCB HTTPS LOC NAPTR SSHFP TLSA SMIMEA CERT RP AFSDB URI SPF ZONEMD".split(
    " ",
  ),
);

function refuseUnmodelled({ text, line }: ZoneWord): void {
  const type = text.toUpperCase();
  if (unmodelledTypes.has(type)) throw new UnsupportedError(`record type ${type} in zone text`, `line ${line}`);
}
