import type { IpFamily } from "@kubenetsim/core/net/address";
import { ParseError, type SourcePosition, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { defaultSetOptions, type IpSet, type IpSetOptions, type IpSetType } from "../ruleset/ip-set.ts";

/** What `ipset list` calls the header, and what follows the type in a `create` line, less the hash's random start. */
export function setHeader({ type, family, options = defaultSetOptions }: IpSet): string {
  if (type === "bitmap:port") return `range ${options.range.first}-${options.range.last}`;
  const inet = family === "IPv4" ? "inet" : "inet6";
  const { hashSize, maxElements, bucketSize } = options;
  return `family ${inet} hashsize ${hashSize} maxelem ${maxElements} bucketsize ${bucketSize}`;
}

export interface ParsedHeader {
  /** Undefined when the header does not say it. */
  readonly family: IpFamily | undefined;
  readonly options: IpSetOptions;
}

const unmodelled = ["timeout", "counters", "comment", "skbinfo", "forceadd", "netmask", "bitmask", "nomatch"];

/**
 * Reads the words after the type. Sizes are kept as the kernel keeps them (ip_set_hash_gen.h): a hash of at least 64 buckets, a
 * power of two; buckets of an even size from 2 to 12. The ends of a range may come either way.
 *
 * @throws ParseError as ipset words it; UnsupportedError for options that are not modelled
 */
export function parseSetHeader(type: IpSetType, words: readonly string[], position: SourcePosition): ParsedHeader {
  let family: IpFamily | undefined;
  let options = defaultSetOptions;
  let hasRange = false;
  const values = words[Symbol.iterator]();
  for (const word of values) {
    if (unmodelled.includes(word))
      throw new UnsupportedError(`ipset option "${word}"`, `line ${position.line}`, position);
    if (!(type === "bitmap:port" ? ["range"] : hashWords).includes(word)) {
      throw new ParseError(`Unknown argument: \`${word}'`, { position });
    }
    const value: string | undefined = values.next().value;
    if (value === undefined) throw new ParseError(`Missing mandatory argument of option \`${word}'`, { position });
    if (word === "family") family = readFamily(value, position);
    else if (word === "range") {
      options = { ...options, range: readRange(value, position) };
      hasRange = true;
    } else if (word !== "initval") options = withSize(options, word, readNumber(value, 0xffffffff, position));
  }
  if (type === "bitmap:port" && !hasRange) throw new ParseError("Mandatory option `range' is missing", { position });
  return { family, options };
}

const hashWords = ["family", "hashsize", "maxelem", "bucketsize", "initval"];

function readFamily(word: string, position: SourcePosition): IpFamily {
  if (word === "inet" || word === "ipv4") return "IPv4";
  if (word === "inet6" || word === "ipv6") return "IPv6";
  throw new ParseError(`unknown inet family ${word}`, { position });
}

function readRange(text: string, position: SourcePosition): IpSetOptions["range"] {
  const [from, to, ...more] = text.split("-");
  if (to === undefined || more.length > 0) throw new ParseError("Mandatory option `to' is missing", { position });
  const ends = [readNumber(from!, 65_535, position), readNumber(to, 65_535, position)];
  return { first: Math.min(...ends), last: Math.max(...ends) };
}

function withSize(options: IpSetOptions, word: string, number: number): IpSetOptions {
  if (word === "maxelem") return { ...options, maxElements: number };
  if (word === "bucketsize") return { ...options, bucketSize: Math.min(12, Math.max(2, number + (number % 2))) };
  return { ...options, hashSize: Math.max(64, 2 ** Math.ceil(Math.log2(Math.max(number, 1)))) };
}

/** @throws ParseError as ipset words it */
export function readNumber(text: string, last: number, position: SourcePosition): number {
  if (!/^\d+$/.test(text)) throw new ParseError(`'${text}' is invalid as number`, { position });
  if (Number(text) > last) throw new ParseError(`'${text}' is out of range 0-${last}`, { position });
  return Number(text);
}
