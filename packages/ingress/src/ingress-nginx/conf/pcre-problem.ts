import { isPcre } from "./pcre/pcre.ts";

/** What PCRE2 says of a pattern, and the place behind which it does. */
interface Mistake {
  readonly text: string;
  readonly offset: number;
}

/**
 * What nginx says of a regular expression that does not compile (src/core/ngx_regex.c `ngx_regex_compile`, pcre2_error.c); undefined for
 * one that does.
 *
 * @example
 * pcreProblem("^/("); // 'pcre2_compile() failed: missing closing parenthesis in "^/("'
 */
export function pcreProblem(pattern: string): string | undefined {
  const mistake = new PatternReader(pattern).read();
  if (mistake === undefined) {
    const text = pattern.replace(/^\(\?i\)/, "");
    return hasUnreadGroup.test(text) || isPcre(text) ? undefined : `pcre2_compile() failed in "${pattern}"`;
  }
  const rest = pattern.slice(mistake.offset);
  const at = rest === "" ? "" : ` at "${rest}"`;
  return `pcre2_compile() failed: ${mistake.text} in "${pattern}"${at}`;
}

/** Groups that JavaScript has no word for. */
const hasUnreadGroup = /\(\?(?![:=!]|<[A-Za-z_=!])/;

const mostRepeats = 65_535;

const verbs =
  /^(?:ACCEPT|COMMIT|F|FAIL|MARK|PRUNE|SKIP|THEN|n?[lp][ab]|(?:positive|negative)_look(?:ahead|behind)|atomic|sr|asr)$/;

/** How many of these digits PCRE2 reads until the number is too big; undefined where it is not. */
function digitsUntilTooBig(digits: string): number | undefined {
  for (let end = 1; end <= digits.length; end++) if (Number(digits.slice(0, end)) > mostRepeats) return end;
  return undefined;
}

/** Reads a pattern as far as mistakes of its groups, classes and repetitions go (pcre2_compile.c `parse_regex`). */
class PatternReader {
  readonly #pattern: string;
  #position = 0;
  #open = 0;
  /** What stands before can be repeated. */
  #isRepeatable = false;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  read(): Mistake | undefined {
    while (this.#position < this.#pattern.length) {
      const mistake = this.#item();
      if (mistake !== undefined) return mistake;
    }
    return this.#open > 0 ? this.#mistake("missing closing parenthesis") : undefined;
  }

  #mistake(text: string, offset: number = this.#position): Mistake {
    return { text, offset };
  }

  #item(): Mistake | undefined {
    const character = this.#pattern[this.#position]!;
    this.#position++;
    switch (character) {
      case "\\":
        return this.#escape();
      case "[":
        return this.#class();
      case "(":
        return this.#group();
      case ")":
        this.#open--;
        this.#isRepeatable = true;
        return this.#open < 0 ? this.#mistake("unmatched closing parenthesis", this.#position - 1) : undefined;
      case "*":
      case "+":
      case "?":
        return this.#repeat();
      case "{":
        return this.#braces();
      case "|":
      case "^":
      case "$":
        this.#isRepeatable = false;
        return undefined;
      default:
        this.#isRepeatable = true;
        return undefined;
    }
  }

  #escape(): Mistake | undefined {
    if (this.#position === this.#pattern.length) return this.#mistake("\\ at end of pattern");
    this.#position++;
    this.#isRepeatable = true;
    return undefined;
  }

  #repeat(): Mistake | undefined {
    if (!this.#isRepeatable) {
      return this.#mistake("quantifier does not follow a repeatable item", this.#position - 1);
    }
    this.#isRepeatable = false;
    if ("?+".includes(this.#pattern[this.#position] ?? " ")) this.#position++;
    return undefined;
  }

  #braces(): Mistake | undefined {
    const found = /^(\d+)(?:(,)(\d*))?\}/.exec(this.#pattern.slice(this.#position));
    if (found === null) {
      this.#isRepeatable = true;
      return undefined;
    }
    const [whole, least, comma, most] = found as unknown as [string, string, string?, string?];
    for (const [digits, offset] of [
      [least, 0],
      [most ?? "", least.length + 1],
    ] as const) {
      const end = digitsUntilTooBig(digits);
      if (end !== undefined) return this.#mistake("number too big in {} quantifier", this.#position + offset + end);
    }
    this.#position += whole.length;
    if (comma !== undefined && most !== "" && Number(most) < Number(least)) {
      return this.#mistake("numbers out of order in {} quantifier", this.#position - 1);
    }
    return this.#repeat();
  }

  #group(): Mistake | undefined {
    this.#open++;
    this.#isRepeatable = false;
    const verb = /^\*([A-Za-z_]*)/.exec(this.#pattern.slice(this.#position))?.[1];
    if (verb !== undefined && !verbs.test(verb)) {
      const isAssertion = /^[a-z]/.test(verb);
      const text = isAssertion ? "(*alpha_assertion) not recognized" : "(*VERB) not recognized or malformed";
      return this.#mistake(text, this.#position + 1 + verb.length);
    }
    if (verb !== undefined) this.#position += 1 + verb.length;
    if (this.#pattern[this.#position] !== "?") return undefined;
    const known = /^\?(?:[:=!|>*]|<[=!*]|\^?[imsxnUJ-]*[:)]|P?<[A-Za-z_]\w*>|'[A-Za-z_]\w*'|#[^)]*\))/;
    const found = known.exec(this.#pattern.slice(this.#position));
    if (found !== null) {
      this.#position += found[0].length;
      if (found[0].endsWith(")")) this.#open--;
      return undefined;
    }
    const condition = /^\?\((?![\w<'?*+-])/.exec(this.#pattern.slice(this.#position))?.[0];
    if (condition !== undefined) return this.#mistake("subpattern name expected", this.#position + condition.length);
    const opener = /^\?(?:P?<|')/.exec(this.#pattern.slice(this.#position))?.[0];
    if (opener !== undefined) return this.#name(this.#position + opener.length);
    const flags = /^\?\^?[imsxnUJ-]*/.exec(this.#pattern.slice(this.#position))![0];
    const end = this.#position + flags.length;
    if (end === this.#pattern.length) return this.#mistake("missing closing parenthesis", end);
    return this.#mistake("unrecognized character after (? or (?-", end);
  }

  /** What is wrong with the name of a group, which begins here. */
  #name(start: number): Mistake {
    const name = /^\w*/.exec(this.#pattern.slice(start))![0];
    if (name === "") return this.#mistake("subpattern name expected", start);
    if (/^\d/.test(name)) return this.#mistake("subpattern name must start with a non-digit", start);
    return this.#mistake("syntax error in subpattern name (missing terminator?)", start + name.length);
  }

  /** A class runs to its `]`, which is itself one of it where it comes first. */
  #class(): Mistake | undefined {
    let isFirst = true;
    if (this.#pattern[this.#position] === "^") this.#position++;
    for (; this.#position < this.#pattern.length; this.#position++, isFirst = false) {
      const character = this.#pattern[this.#position]!;
      if (character === "]" && !isFirst) {
        this.#position++;
        this.#isRepeatable = true;
        return undefined;
      }
      if (character === "\\") {
        this.#position++;
        if (this.#position === this.#pattern.length) return this.#mistake("\\ at end of pattern");
      } else if (this.#pattern[this.#position + 1] === "-") {
        const last = this.#pattern[this.#position + 2];
        if (last === undefined || last === "]" || last === "\\" || last === "[") continue;
        this.#position += 2;
        if (last < character) return this.#mistake("range out of order in character class", this.#position);
      }
    }
    return this.#mistake("missing terminating ] for character class", this.#pattern.length);
  }
}
