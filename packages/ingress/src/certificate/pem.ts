import { bytesOfBase64 } from "@kubenetsim/core/runtime/base64";

/** A block of PEM: what its first line calls it, and the bytes between its lines. */
export interface PemBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const start = "-----BEGIN ";
const end = "\n-----END ";
const lineEnd = "-----";

/**
 * All blocks of a text, in order (Go's encoding/pem `Decode`, again and again). What is no block is passed over.
 *
 * @param text one character for each byte
 * @example
 * pemBlocks("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")[0].type; // "CERTIFICATE"
 */
export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  let rest = text;
  for (;;) {
    const found = firstBlock(rest);
    if (found === undefined) return blocks;
    blocks.push(found.block);
    rest = found.rest;
  }
}

/** The first END line, and the last BEGIN line before it: a BEGIN without its END is passed over. */
function firstBlock(text: string): { block: PemBlock; rest: string } | undefined {
  let rest = text;
  for (;;) {
    const endAt = rest.indexOf(end);
    if (endAt < 0) return undefined;
    const beginAt = rest.slice(0, endAt).lastIndexOf(start);
    const isAtLineStart = beginAt === 0 || rest[beginAt - 1] === "\n";
    if (beginAt < 0 || !isAtLineStart) {
      rest = rest.slice(endAt + end.length);
      continue;
    }
    const read = readBlock(rest.slice(beginAt + start.length), endAt - beginAt - start.length);
    if (read === "ended") return undefined;
    if ("block" in read) return read;
    rest = read.rest;
  }
}

/** Reads what stands behind `-----BEGIN `; where that is no block, what is left to look at. */
function readBlock(text: string, endOfContent: number): { block: PemBlock; rest: string } | { rest: string } | "ended" {
  const typeLine = lineOf(text);
  let rest = typeLine.rest;
  let endAt = endOfContent - typeLine.length;
  const none = (): { rest: string } | "ended" => {
    const next = endAt + end.length;
    return next < 0 || next > rest.length ? "ended" : { rest: rest.slice(next) };
  };
  if (!typeLine.line.endsWith(lineEnd)) return none();
  const type = typeLine.line.slice(0, -lineEnd.length);
  let hasHeaders = false;
  for (;;) {
    if (rest === "") return "ended";
    const line = lineOf(rest);
    if (!line.line.includes(":")) break;
    hasHeaders = true;
    rest = line.rest;
    endAt -= line.length;
  }
  if (hasHeaders && endAt < 0) return none();
  const trailer = rest.slice(endAt + end.length);
  if (!trailer.startsWith(type + lineEnd) || lineOf(trailer.slice(type.length + lineEnd.length)).line !== "") {
    return none();
  }
  const bytes = endAt > 0 ? bytesOfBase64(rest.slice(0, endAt).replace(/[ \t]/g, "")) : new Uint8Array();
  if (bytes === undefined) return none();
  return { block: { type, bytes }, rest: lineOf(rest.slice(endAt + end.length - 1)).rest };
}

/** A line without spaces at its end, what follows it, and its length with its end. */
function lineOf(text: string): { line: string; rest: string; length: number } {
  const newline = text.indexOf("\n");
  const length = newline < 0 ? text.length : newline + 1;
  const line = newline < 0 ? text : text.slice(0, newline).replace(/\r$/, "");
  return { line: line.replace(/[ \t]+$/, ""), rest: text.slice(length), length };
}
