import { ParseError } from "@kubenetsim/core/runtime/errors";

/** A command line as Traefik reads it: names in small letters, a flag without a value is on. */
export function readFlags(args: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map<string, string>();
  const words = [...args];
  if (words[0] !== undefined && !words[0].startsWith("-")) words.shift();
  while (words.length > 0) {
    const word = words.shift()!;
    const found = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word);
    if (found === null) throw flagProblem(`bad flag syntax: ${word}`);
    const isFollowed = words[0] !== undefined && !words[0].startsWith("-");
    flags.set(found[1]!.toLowerCase(), found[2] ?? (isFollowed ? words.shift()! : "true"));
  }
  return flags;
}

/** A flag's value as Go's strconv.ParseBool reads it. @throws ParseError */
export function flagIsOn(name: string, value: string): boolean {
  const isOn = boolOf(value);
  if (isOn === undefined) throw flagProblem(`--${name}: strconv.ParseBool: parsing "${value}": invalid syntax`);
  return isOn;
}

/** strconv.ParseBool; undefined for what it refuses. */
export function boolOf(text: string): boolean | undefined {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}

export function flagProblem(problem: string): ParseError {
  return new ParseError(`traefik: ${problem}`);
}
