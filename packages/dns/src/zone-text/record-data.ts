import { parseAddress } from "@kubenetsim/core/net/address";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { RecordClass } from "../message/record-class.ts";
import type { RecordType } from "../message/record-type.ts";
import type { DnsName, ResourceRecord } from "../message/resource-record.ts";
import { escapeString, unescapedLength, unescapeInto } from "../wire/escaped-text.ts";
import { readRecordData } from "../wire/record-data.ts";
import { WireReader } from "../wire/wire-reader.ts";
import type { ZoneFail, ZoneWord } from "./zone-lines.ts";
import { absoluteName, ttlOf } from "./zone-name.ts";

interface Head {
  readonly name: DnsName;
  readonly class: RecordClass;
  readonly ttl: number;
}

/** The words behind a record's type, one after the other. */
class DataWords {
  readonly #words: readonly ZoneWord[];
  readonly #type: RecordType;
  readonly #typeWord: ZoneWord;
  readonly #origin: DnsName;
  readonly #fail: ZoneFail;
  #index = 0;

  constructor(words: readonly ZoneWord[], type: RecordType, typeWord: ZoneWord, origin: DnsName, fail: ZoneFail) {
    this.#words = words;
    this.#type = type;
    this.#typeWord = typeWord;
    this.#origin = origin;
    this.#fail = fail;
  }

  word(): ZoneWord {
    return this.#words[this.#index++] ?? { ...this.#typeWord, text: "" };
  }

  rest(): readonly ZoneWord[] {
    const rest = this.#words.slice(this.#index);
    this.#index = this.#words.length;
    return rest;
  }

  name(field: string): DnsName {
    const word = this.word();
    const name = absoluteName(word.text, this.#origin);
    if (name === undefined) throw this.bad(field, word);
    return name;
  }

  number(field: string, bits: 8 | 16 | 32): number {
    const word = this.word();
    const number = Number(word.text);
    if (!/^\d+$/.test(word.text) || number >= 2 ** bits) throw this.bad(field, word);
    return number;
  }

  /** Seconds: a number, or a TTL with units. */
  time(field: string): number {
    const word = this.word();
    const seconds = word.text === "" ? undefined : ttlOf(word.text);
    if (seconds === undefined) throw this.bad(field, word);
    return seconds;
  }

  address(): string {
    const word = this.word();
    const address = parseAddress(word.text);
    if (address === undefined || address.includes(":") !== (this.#type === "AAAA")) throw this.bad(this.#type, word);
    return address;
  }

  bad(field: string, word: ZoneWord): Error {
    return this.#fail(`bad ${this.#type} ${field}`, word);
  }

  end(): void {
    const extra = this.#words[this.#index];
    if (extra !== undefined) throw this.#fail("garbage after rdata", extra);
  }
}

/**
 * What stands behind a record's type (miekg/dns scan_rr.go).
 *
 * @throws what `fail` makes of it where it is malformed; UnsupportedError for types whose data are only known as `\# LENGTH HEX`
 */
export function recordFromText(
  head: Head,
  type: RecordType,
  words: readonly ZoneWord[],
  { origin, fail, typeWord }: { origin: DnsName; fail: ZoneFail; typeWord: ZoneWord },
): ResourceRecord {
  const data = new DataWords(words, type, typeWord, origin, fail);
  const record = words[0]?.text === "\\#" ? genericRecord(head, type, data) : knownRecord(head, type, data);
  data.end();
  return record;
}

function knownRecord(head: Head, type: RecordType, data: DataWords): ResourceRecord {
  switch (type) {
    case "A":
    case "AAAA":
      return { ...head, type, address: data.address() };
    case "CNAME":
    case "NS":
    case "PTR":
      return { ...head, type, target: data.name({ CNAME: "Target", NS: "Ns", PTR: "Ptr" }[type]) };
    case "MX":
      return { ...head, type, preference: data.number("Pref", 16), exchange: data.name("Mx") };
    case "SRV":
      return srvRecord(head, data);
    case "SOA":
      return soaRecord(head, data);
    case "TXT":
      return { ...head, type, strings: data.rest().flatMap(({ text }) => strings(text)) };
    case "HINFO":
      return hinfoRecord(head, data);
    case "CAA":
      return caaRecord(head, data);
    default:
      throw new UnsupportedError(`record type ${type} in zone text`, `${head.name}, without \\#`);
  }
}

function srvRecord(head: Head, data: DataWords): ResourceRecord {
  const [priority, weight, port] = [data.number("Priority", 16), data.number("Weight", 16), data.number("Port", 16)];
  return { ...head, type: "SRV", priority, weight, port, target: data.name("Target") };
}

function soaRecord(head: Head, data: DataWords): ResourceRecord {
  const [mname, rname] = [data.name("Ns"), data.name("Mbox")];
  const [serial, refresh, retry] = [
    data.number("zone parameter", 32),
    data.time("zone parameter"),
    data.time("zone parameter"),
  ];
  const [expire, minimum] = [data.time("zone parameter"), data.time("zone parameter")];
  return { ...head, type: "SOA", mname, rname, serial, refresh, retry, expire, minimum };
}

/** One string without quotes is taken apart at its blanks. */
function hinfoRecord(head: Head, data: DataWords): ResourceRecord {
  const words = data.rest().map(({ text }) => text);
  const [cpu = "", ...os] = words.length === 1 ? words[0]!.split(/\s+/) : words;
  return { ...head, type: "HINFO", cpu: canonical(cpu), os: canonical(os.join(" ")) };
}

function caaRecord(head: Head, data: DataWords): ResourceRecord {
  const flag = data.number("Flag", 8);
  const tag = bytesOf(data.word().text);
  const value = bytesOf(data.word().text);
  return { ...head, type: "CAA", data: Uint8Array.of(flag, tag.length, ...tag, ...value) };
}

/** Data of any type as bytes: `\# 4 0a000001` (RFC 3597, section 5). */
function genericRecord(head: Head, type: RecordType, data: DataWords): ResourceRecord {
  data.word();
  const length = data.number("Rdata", 16);
  const words = data.rest();
  const digits = words.map(({ text }) => text).join("");
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits) || digits.length !== 2 * length)
    throw data.bad("Rdata", words[0] ?? data.word());
  const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return readRecordData(new WireReader(bytes), type, head, bytes.length);
}

/** A text of more than 255 bytes makes several strings. */
function strings(text: string): string[] {
  const bytes = bytesOf(text);
  const pieces: string[] = [];
  for (let start = 0; start === 0 || start < bytes.length; start += 255) {
    pieces.push(escapeString(bytes, start, Math.min(start + 255, bytes.length)));
  }
  return pieces;
}

/** Escaped as messages have it. */
function canonical(text: string): string {
  const bytes = bytesOf(text);
  return escapeString(bytes, 0, bytes.length);
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(unescapedLength(text));
  unescapeInto(text, 0, text.length, bytes, 0);
  return bytes;
}
