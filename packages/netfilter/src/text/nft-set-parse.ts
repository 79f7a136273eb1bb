import type { NftDataType, NftElement, NftSet } from "../ruleset/nft-table.ts";
import { parseNftDuration } from "./nft-duration.ts";
import { isNftDataType, kindsOfTypes } from "./nft-value-kind.ts";
import { decimal, parseElementKey, parseVerdict } from "./nft-value-parse.ts";
import type { NftWords } from "./nft-words.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What stands in the braces of a set or map, the closing one included. */
export function parseSetBody(words: NftWords, name: string, isMap: boolean): NftSet {
  const set: Mutable<NftSet> = {
    name,
    type: [],
    data: undefined,
    flags: [],
    size: undefined,
    timeoutSeconds: undefined,
    comment: undefined,
    elements: [],
  };
  while (!words.accept("}")) {
    if (words.done) throw words.error(`the braces of ${name} are not closed`);
    if (!words.accept(";") && !words.accept("\n")) parseProperty(words, set);
  }
  if (set.type.length === 0) throw words.error(`the type of ${name} is missing`);
  if (isMap !== (set.data !== undefined)) throw words.error(`${name} is ${isMap ? "no map" : "a map"} by its type`);
  return set;
}

function parseProperty(words: NftWords, set: Mutable<NftSet>): void {
  const property = words.take("a property of the set");
  switch (property) {
    case "type":
      set.type = parseTypes(words);
      if (words.accept(":")) set.data = words.accept("verdict") ? "verdict" : parseTypes(words);
      return;
    case "flags":
      set.flags = parseFlags(words);
      return;
    case "timeout":
      set.timeoutSeconds = takeDuration(words);
      return;
    case "size":
      set.size = decimal(words, words.take("a size"), "a size", 0xffffffff);
      return;
    case "comment":
      set.comment = words.takeComment();
      return;
    case "elements":
      words.expect("=");
      set.elements = parseElementList(words, set);
      return;
    default:
      throw words.unsupported(`set property "${property}"`);
  }
}

function parseTypes(words: NftWords): NftDataType[] {
  const types: NftDataType[] = [];
  do {
    const word = words.take("a type");
    if (!isNftDataType(word)) throw words.unsupported(`nft data type "${word}"`);
    types.push(word);
  } while (words.accept("."));
  return types;
}

const knownFlags = ["dynamic", "timeout", "interval", "constant"] as const;

function parseFlags(words: NftWords): NftSet["flags"] {
  const flags: NftSet["flags"][number][] = [];
  do {
    const word = words.take("a flag");
    const flag = knownFlags.find((known) => known === word);
    if (flag === undefined) throw words.unsupported(`set flag "${word}"`);
    flags.push(flag);
  } while (words.accept(","));
  return flags;
}

/** `{ 10.0.0.1, 10.0.0.2 }`, over any number of lines. */
export function parseElementList(words: NftWords, set: Pick<NftSet, "type" | "data">): NftElement[] {
  const elements: NftElement[] = [];
  words.expect("{");
  words.skipLineEnds();
  while (!words.accept("}")) {
    elements.push(parseElement(words, set));
    words.skipLineEnds();
    if (words.accept(",")) words.skipLineEnds();
    else if (words.peek() !== "}") throw words.unsupported(`"${words.peek()}" in an element`, 0);
  }
  return elements;
}

function parseElement(words: NftWords, set: Pick<NftSet, "type" | "data">): NftElement {
  const key = parseElementKey(words, kindsOfTypes(set.type));
  const timeoutSeconds = words.accept("timeout") ? takeDuration(words) : undefined;
  const expiresSeconds = words.accept("expires") ? takeDuration(words) : undefined;
  const comment = words.accept("comment") ? words.takeComment() : undefined;
  const times = {
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(expiresSeconds === undefined ? {} : { expiresSeconds }),
  };
  const element = { key, verdict: undefined, value: undefined, comment, ...times, origin: undefined };
  if (set.data === undefined || !words.accept(":")) return element;
  if (set.data === "verdict") return { ...element, verdict: parseVerdict(words) };
  return { ...element, value: parseElementKey(words, kindsOfTypes(set.data)) };
}

function takeDuration(words: NftWords): number {
  const word = words.take("a time");
  const seconds = parseNftDuration(word);
  if (seconds === undefined) throw words.error(`not a time: ${word}`);
  return seconds;
}
