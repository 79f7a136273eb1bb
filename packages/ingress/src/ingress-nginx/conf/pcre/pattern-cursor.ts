/** What PCRE2 says of a pattern, and the place behind which it does (pcre2_error.c). */
export class PatternMistake extends Error {
  readonly offset: number;

  constructor(text: string, offset: number) {
    super(text);
    this.offset = offset;
  }
}

/** A group that is named somewhere, by number or name. */
export interface GroupReference {
  readonly group: number | string;
  /** Where PCRE2 stands when it tells that there is no such group. */
  readonly offset: number;
}

export const noSuchGroup = "reference to non-existent subpattern";
const mostGroups = 65_535;
const longestName = 32;

/** A place in a pattern, one character for each byte. */
export class PatternCursor {
  readonly text: string;
  at = 0;
  /** Groups that catch and were opened until now. */
  groups = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The character here; empty at the end. */
  get next(): string {
    return this.text[this.at] ?? "";
  }

  /** Goes past a text if it stands here. */
  takes(text: string): boolean {
    const isHere = this.text.startsWith(text, this.at);
    if (isHere) this.at += text.length;
    return isHere;
  }

  /** What of a pattern (sticky) stands here, gone past. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  fail(text: string, offset: number = this.at): never {
    throw new PatternMistake(text, Math.min(offset, this.text.length));
  }

  /** `1`, `-1` or `+1`, counted from the groups until now (pcre2_compile.c `read_number`); undefined where no number stands. */
  number(): number | undefined {
    const sign = /[+-]?(?=\d)/y;
    const sense = this.take(sign);
    if (sense === undefined) return undefined;
    let value = 0;
    const most = sense === "+" ? mostGroups - this.groups : mostGroups;
    while (/\d/.test(this.next)) {
      value = 10 * value + Number(this.next);
      this.at++;
      if (value > most) this.fail("subpattern number is too big");
    }
    if (sense === "") return value;
    if (value === 0) this.fail("(?+ or (?- or (?(+ or (?(- must be followed by a non-zero digit");
    if (sense === "+") return this.groups + value;
    if (value > this.groups) this.fail(noSuchGroup);
    return this.groups - value + 1;
  }

  /** A name up to its terminator (`read_name`). */
  name(terminator: string): GroupReference {
    const offset = this.at;
    if (/\d/.test(this.next)) this.fail("subpattern name must start with a non-digit");
    const group = this.take(/\w+/y);
    if (group === undefined) this.fail("subpattern name expected");
    if (group.length > longestName) this.fail(`subpattern name is too long (maximum ${longestName} code units)`);
    if (!this.takes(terminator)) this.fail("syntax error in subpattern name (missing terminator?)");
    return { group, offset };
  }
}
