import { parseAddress } from "@kubenetsim/core/net/address";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { parseRecordType, type RecordType } from "@kubenetsim/dns/message/record-type";
import { reverseName } from "@kubenetsim/dns/message/reverse-name";

/** Parts of dig's output that `+no…` leaves out. */
export type DigPart = "cmd" | "comments" | "question" | "answer" | "authority" | "additional" | "stats";

const parts: readonly DigPart[] = ["cmd", "comments", "question", "answer", "authority", "additional", "stats"];

/** What dig was asked. */
export interface DigOptions {
  readonly server: string | undefined;
  /** It says how many servers there are when it comes to the name: those behind are not counted. */
  readonly serverBeforeName: boolean;
  readonly port: number;
  readonly name: string;
  readonly type: RecordType;
  readonly shows: ReadonlySet<DigPart>;
  readonly short: boolean;
  /** Undefined where nothing was said: then it goes by the type. */
  readonly tcp: boolean | undefined;
  readonly search: boolean;
  readonly edns: boolean;
  readonly recurse: boolean;
  /** A cut answer is not asked for again over TCP. */
  readonly ignore: boolean;
  readonly udpSize: number;
  readonly tries: number;
  readonly timeMs: number;
}

/** Options that change nothing here: the server sends no cookies, and the texts stay the same. */
const passedOver =
  /^(no)?(cookie|adflag|aaflag|qr|ttlid|ttlunits|rrcomments|crypto|split.*|idn(in|out)?|class|unknownformat)$/;

/** What dig was asked, or what it says of its words. */
export type ReadDigOptions = { readonly options: DigOptions } | { readonly problem: string; readonly exitCode: number };

/** Words that dig refuses, in its own. */
class DigProblem extends Error {
  readonly exitCode: number;

  constructor(problem: string, exitCode: number) {
    super(problem);
    this.exitCode = exitCode;
  }
}

/** Reads dig's words (BIND 9.18, bin/dig/dig.c). @throws UnsupportedError for what it has and this has not */
export function readDigOptions(args: readonly string[]): ReadDigOptions {
  try {
    return { options: readWords(args) };
  } catch (problem) {
    if (!(problem instanceof DigProblem)) throw problem;
    return { problem: problem.message, exitCode: problem.exitCode };
  }
}

function readWords(args: readonly string[]): DigOptions {
  const shows = new Set<DigPart>(parts);
  const flags: Flags = { short: false, tcp: undefined, search: false, edns: true, recurse: true, ignore: false };
  const numbers = { udpSize: 1232, tries: 3, timeMs: 5000, port: 53 };
  let server: string | undefined;
  let name: string | undefined;
  let serverBeforeName: boolean | undefined;
  let type: RecordType | undefined;
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    const value = (): string => args[++index] ?? refuse(`${arg} without a value`);
    if (arg.startsWith("@")) server = arg.slice(1);
    else if (arg.startsWith("+")) readPlus(arg.slice(1), flags, numbers, shows);
    else if (arg === "-p") numbers.port = portNumber(value());
    else if (arg === "-t") type = parseRecordType(value()) ?? refuse(`the type ${args[index]}`);
    else if (arg === "-q") name = value();
    else if (arg === "-x") {
      const text = value();
      const address = parseAddress(text) ?? refuse(`dig -x ${text}`);
      name = reverseName(address);
      type ??= "PTR";
    } else if (arg.startsWith("-")) refuse(`dig ${arg}`);
    else if (name !== undefined && type === undefined && parseRecordType(arg) !== undefined)
      type = parseRecordType(arg);
    else if (name === undefined && parseRecordType(arg) !== undefined && args.length > index + 1)
      type = parseRecordType(arg);
    else if (/^in$/i.test(arg)) continue;
    else if (name === undefined) name = arg;
    else refuse("dig of several names");
    if (name !== undefined) serverBeforeName ??= server !== undefined;
  }
  serverBeforeName ??= server !== undefined;
  return {
    ...flags,
    ...numbers,
    shows,
    server,
    serverBeforeName,
    name: name ?? ".",
    type: type ?? (name === undefined ? "NS" : "A"),
  };
}

type Flags = { -readonly [K in "short" | "search" | "edns" | "recurse" | "ignore"]: boolean } & {
  tcp: boolean | undefined;
};
type Numbers = { -readonly [K in "udpSize" | "tries" | "timeMs" | "port"]: number };

function readPlus(word: string, flags: Flags, numbers: Numbers, shows: Set<DigPart>): void {
  const [option = "", value] = word.split("=");
  const isOn = !option.startsWith("no");
  const name = isOn ? option : option.slice(2);
  if (name === "all") {
    for (const part of parts) {
      if (isOn) shows.add(part);
      else shows.delete(part);
    }
  } else if ((parts as readonly string[]).includes(name)) {
    if (isOn) shows.add(name as DigPart);
    else shows.delete(name as DigPart);
  } else if (name === "vc" || name === "tcp") flags.tcp = isOn;
  else if (name === "rec" || name === "recurse") flags.recurse = isOn;
  else if (name === "edns" && value === undefined) flags.edns = isOn;
  else if (name === "bufsize" && value !== undefined) numbers.udpSize = numberIn(value, "buffer size", 65535);
  else if ((name === "tries" || name === "retry") && value !== undefined) {
    numbers.tries = Math.max(1, numberIn(value, name, 0xffffffff) + (name === "retry" ? 1 : 0));
  } else if ((name === "time" || name === "timeout") && value !== undefined)
    numbers.timeMs = Math.max(1, numberIn(value, "timeout", 0xffffffff)) * 1000;
  else if (name === "short" || name === "search" || name === "ignore") flags[name] = isOn;
  else if (!passedOver.test(option)) refuse(`dig +${word}`);
}

function portNumber(text: string): number {
  const problem = numberProblem(text, 65535);
  if (problem === undefined) return Number(text);
  throw new DigProblem(`invalid port number '${text}': ${problem}\ndig: Couldn't parse port number`, 1);
}

function numberIn(text: string, what: string, most: number): number {
  const problem = numberProblem(text, most);
  if (problem === undefined) return Number(text);
  throw new DigProblem(`invalid ${what} '${text}': ${problem}\ndig: Couldn't parse ${what}`, 10);
}

function numberProblem(text: string, most: number): string | undefined {
  if (!/^\d+$/.test(text)) return "not a valid number";
  return Number(text) > most ? "out of range" : undefined;
}

function refuse(what: string): never {
  throw new UnsupportedError(
    what,
    "dig takes @SERVER NAME TYPE, -x ADDRESS, -p PORT, -t, -q and +short, +tcp, +search, +noedns, +norecurse, +ignore, +bufsize=N, +tries=N, +time=N, +noall, +[no]cmd, comments, question, answer, authority, additional, stats",
  );
}
