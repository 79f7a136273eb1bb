import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { otherOptions } from "./curl-option-names.ts";

/** Options that are modelled: the letter, and whether a value follows. */
const options: Readonly<Record<OptionName, OptionKind>> = {
  cacert: { takes: "value" },
  connectTimeout: { long: "connect-timeout", takes: "value" },
  connectTo: { long: "connect-to", takes: "value" },
  cookie: { letter: "b", takes: "value" },
  cookieJar: { long: "cookie-jar", letter: "c", takes: "value" },
  data: { letter: "d", takes: "value" },
  dataAscii: { long: "data-ascii", takes: "value" },
  dataBinary: { long: "data-binary", takes: "value" },
  dataRaw: { long: "data-raw", takes: "value" },
  fail: { letter: "f", takes: "flag" },
  get: { letter: "G", takes: "flag" },
  globoff: { letter: "g", takes: "flag" },
  haproxyProtocol: { long: "haproxy-protocol", takes: "flag" },
  head: { letter: "I", takes: "flag" },
  header: { letter: "H", takes: "value" },
  include: { letter: "i", takes: "flag" },
  insecure: { letter: "k", takes: "flag" },
  ipv4: { letter: "4", takes: "flag" },
  location: { letter: "L", takes: "flag" },
  maxRedirs: { long: "max-redirs", takes: "value" },
  maxTime: { long: "max-time", letter: "m", takes: "value" },
  noBuffer: { long: "no-buffer", letter: "N", takes: "flag" },
  noProgressMeter: { long: "no-progress-meter", takes: "flag" },
  output: { letter: "o", takes: "value" },
  referer: { letter: "e", takes: "value" },
  request: { letter: "X", takes: "value" },
  resolve: { takes: "value" },
  showError: { long: "show-error", letter: "S", takes: "flag" },
  silent: { letter: "s", takes: "flag" },
  url: { takes: "value" },
  user: { letter: "u", takes: "value" },
  userAgent: { long: "user-agent", letter: "A", takes: "value" },
  verbose: { letter: "v", takes: "flag" },
  writeOut: { long: "write-out", letter: "w", takes: "value" },
};

interface OptionKind {
  readonly long?: string;
  readonly letter?: string;
  readonly takes: "flag" | "value";
}

export type OptionName =
  | "cacert"
  | "connectTimeout"
  | "connectTo"
  | "cookie"
  | "cookieJar"
  | "data"
  | "dataAscii"
  | "dataBinary"
  | "dataRaw"
  | "fail"
  | "get"
  | "globoff"
  | "haproxyProtocol"
  | "head"
  | "header"
  | "include"
  | "insecure"
  | "ipv4"
  | "location"
  | "maxRedirs"
  | "maxTime"
  | "noBuffer"
  | "noProgressMeter"
  | "output"
  | "referer"
  | "request"
  | "resolve"
  | "showError"
  | "silent"
  | "url"
  | "user"
  | "userAgent"
  | "verbose"
  | "writeOut";

const kinds: ReadonlyMap<OptionName, OptionKind> = new Map(Object.entries(options) as [OptionName, OptionKind][]);
const byLong = new Map([...kinds].map(([name, { long = name }]) => [long, name] as const));
const byLetter = new Map(
  [...kinds].flatMap(([name, { letter }]) => (letter === undefined ? [] : [[letter, name]])) as [string, OptionName][],
);

/** A command line of curl, or what it says of one that it does not take. */
export interface CurlArguments {
  has(name: OptionName): boolean;
  /** Of the last time that it was given. */
  value(name: OptionName): string | undefined;
  values(name: OptionName): readonly string[];
  /** `--url` and what stands beside the options. */
  readonly urls: readonly string[];
  /** `option --nosuch: is unknown`; nothing counts then. */
  readonly problem: string | undefined;
}

/** Reads options and URLs in any order (src/tool_getparam.c). @throws UnsupportedError for an option of curl that is not modelled */
export function readCurlArguments(words: readonly string[]): CurlArguments {
  const given = new Map<OptionName, string[]>();
  const urls: string[] = [];
  let problem: string | undefined;
  const add = (name: OptionName, value: string, word: string): void => {
    problem ??= numberProblem(name, value, word);
    given.set(name, [...(given.get(name) ?? []), value]);
    if (name === "url") urls.push(value);
  };
  const rest = [...words];
  let areOptions = true;
  while (rest.length > 0 && problem === undefined) {
    const word = rest.shift()!;
    if (areOptions && word === "--") areOptions = false;
    else if (areOptions && word.startsWith("--")) problem = takeLong(word, rest, add) ?? problem;
    else if (areOptions && word.startsWith("-")) problem = takeLetters(word, rest, add) ?? problem;
    else urls.push(word);
  }
  return {
    has: (name) => given.has(name),
    value: (name) => given.get(name)?.at(-1),
    values: (name) => given.get(name) ?? [],
    urls,
    problem,
  };
}

type AddOption = (name: OptionName, value: string, word: string) => void;

/** What curl says of a number that is none (src/tool_paramhlp.c `secs2ms`, `str2num`). */
function numberProblem(name: OptionName, value: string, word: string): string | undefined {
  const isTime = name === "maxTime" || name === "connectTimeout";
  if (!isTime && name !== "maxRedirs") return undefined;
  const proper = `option ${word}: expected a proper numerical parameter`;
  const pattern = isTime ? /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i : /^\s*[+-]?\d+$/;
  if (!pattern.test(value)) return proper;
  const number = Number(value);
  if (isTime && number < 0) return `option ${word}: expected a positive numerical parameter`;
  if (!isTime && number < -1) return proper;
  return number > Number.MAX_SAFE_INTEGER ? `option ${word}: too large number` : undefined;
}

function takeLong(word: string, rest: string[], add: AddOption): string | undefined {
  const given = word.slice(2);
  const isNo = given.startsWith("no-") && !byLong.has(given);
  const text = isNo ? given.slice("no-".length) : given;
  const names = [...byLong.keys(), ...otherOptions];
  const fitting = names.includes(text) ? [text] : names.filter((name) => text !== "" && name.startsWith(text));
  if (fitting.length === 0) return `option ${word}: is unknown`;
  if (fitting.length > 1) return `option ${word}: is ambiguous`;
  const name = byLong.get(fitting[0]!);
  if (name === undefined || isNo) throw unmodelled(isNo ? word : `--${fitting[0]}`);
  if (kinds.get(name)!.takes === "flag") add(name, "", word);
  else if (rest.length === 0) return `option ${word}: requires parameter`;
  else add(name, rest.shift()!, word);
  return undefined;
}

/** `-sXPOST`: letters without values, then one that takes what is left. */
function takeLetters(word: string, rest: string[], add: AddOption): string | undefined {
  if (word === "-") return "option -: is unknown";
  for (let at = 1; at < word.length; at++) {
    const letter = word[at]!;
    const name = byLetter.get(letter);
    if (name === undefined) {
      if (otherLetters.includes(letter)) throw unmodelled(`-${letter}`);
      return `option ${word}: is unknown`;
    }
    if (kinds.get(name)!.takes === "flag") {
      add(name, "", word);
      continue;
    }
    const value = at + 1 < word.length ? word.slice(at + 1) : rest.shift();
    if (value === undefined) return `option ${word}: requires parameter`;
    add(name, value, word);
    return undefined;
  }
  return undefined;
}

/** Letters of curl 7.88 whose options are not modelled. */
const otherLetters = "#012369BCDEFhJjKlMnOPpQqrRTtUVxYyzZ:a";

function unmodelled(option: string): UnsupportedError {
  const known = [...kinds].map(([name, { long = name, letter }]) =>
    letter === undefined ? `--${long}` : `-${letter}`,
  );
  return new UnsupportedError(`curl ${option}`, `curl knows ${known.join(" ")}`);
}
