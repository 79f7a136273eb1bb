import { UnsupportedError } from "../runtime/errors.ts";
import {
  allButLineFeed,
  type CharacterSet,
  type Characters,
  everything,
  namedClass,
  perlClass,
} from "./character-set.ts";
import { escapeAt } from "./escape.ts";
import { type PatternFlags, readFlags, readName } from "./pattern-group.ts";
import { PatternSyntaxError } from "./pattern-syntax-error.ts";
import {
  characterOf,
  eitherOf,
  groupOf,
  type PatternTree,
  type Place,
  placeOf,
  repeatOf,
  sequenceOf,
} from "./pattern-tree.ts";
import { repetitionAt } from "./repetition.ts";

/** A pattern, read; names by the number of their group, undefined for those without one (and for 0, the whole). */
export interface ParsedPattern {
  readonly tree: PatternTree;
  readonly names: readonly (string | undefined)[];
}

/** A group that is open: what stands before the last bar, and behind it. */
interface OpenGroup {
  readonly branches: PatternTree[];
  parts: PatternTree[];
  /** As they were before it. */
  readonly flags: PatternFlags;
  /** Undefined where it catches nothing. */
  readonly index: number | undefined;
}

const deepest = 1000;
/** Instructions (128 MB of 40 bytes each). */
const biggest = Math.floor((128 << 20) / 40);
const mostCopies = 1000;

const places: ReadonlyMap<string, Place> = new Map([
  ["A", "text start"],
  ["z", "text end"],
  ["b", "word edge"],
  ["B", "no word edge"],
]);

/**
 * Reads a pattern as Go does (regexp/syntax/parse.go, Perl flags): from the left to the right, the first mistake counts.
 *
 * @throws PatternSyntaxError in Go's words; UnsupportedError for Unicode classes (`\pL`)
 */
export function parsePattern(text: string): ParsedPattern {
  return new PatternParser(text).parse();
}

class PatternParser {
  readonly #text: string;
  readonly #names: (string | undefined)[] = [undefined];
  #at = 0;
  #flags: PatternFlags = { ignoresCase: false, isMultiline: false, dotTakesAll: false, isLazy: false };
  #open: OpenGroup[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  parse(): ParsedPattern {
    this.#begin(undefined);
    let repeatedFrom: number | undefined;
    while (this.#at < this.#text.length) {
      const begin = this.#at;
      const isRepetition = this.#readRepetition(repeatedFrom);
      if (!isRepetition) this.#readPart();
      repeatedFrom = isRepetition ? begin : undefined;
    }
    const tree = this.#end();
    if (this.#open.length > 0) throw new PatternSyntaxError("missing closing )", this.#text);
    return { tree, names: this.#names };
  }

  #begin(index: number | undefined): void {
    this.#open.push({ branches: [], parts: [], flags: this.#flags, index });
  }

  #end(): PatternTree {
    const { branches, parts, index, flags } = this.#open.pop()!;
    this.#flags = flags;
    const inner = this.#limited(eitherOf([...branches, this.#limited(sequenceOf(parts))]));
    return index === undefined ? inner : this.#limited(groupOf(inner, index));
  }

  #add(tree: PatternTree): void {
    this.#open.at(-1)!.parts.push(tree);
  }

  #addSet(parts: readonly Characters[], isNegated = false): void {
    const set: CharacterSet = { parts, isNegated, ignoresCase: this.#flags.ignoresCase };
    this.#add(characterOf(set));
  }

  #addCharacter(code: number): void {
    this.#addSet([{ ranges: [[code, code]], isNegated: false }]);
  }

  #limited(tree: PatternTree): PatternTree {
    if (tree.size > biggest) throw new PatternSyntaxError("expression too large", this.#text);
    if (tree.height > deepest) throw new PatternSyntaxError("expression nests too deeply", this.#text);
    return tree;
  }

  /** False where none begins here. A repetition must not follow another one. */
  #readRepetition(repeatedFrom: number | undefined): boolean {
    const found = repetitionAt(this.#text, this.#at);
    if (found === undefined) return false;
    const { from, to, isCounted } = found;
    const counts = this.#text.slice(this.#at, found.end);
    if (isCounted && (from > mostCopies || (Number.isFinite(to) && (to > mostCopies || from > to)))) {
      throw new PatternSyntaxError("invalid repeat count", counts);
    }
    const isSwapped = this.#text[found.end] === "?";
    const end = found.end + (isSwapped ? 1 : 0);
    const written = this.#text.slice(this.#at, end);
    if (repeatedFrom !== undefined) {
      throw new PatternSyntaxError("invalid nested repetition operator", this.#text.slice(repeatedFrom, end));
    }
    const part = this.#open.at(-1)!.parts.pop();
    if (part === undefined) throw new PatternSyntaxError("missing argument to repetition operator", written);
    const tree = this.#limited(repeatOf(part, { from, to, isLazy: this.#flags.isLazy !== isSwapped }));
    if (isCounted && tree.copies > mostCopies) throw new PatternSyntaxError("invalid repeat count", written);
    this.#add(tree);
    this.#at = end;
    return true;
  }

  #readPart(): void {
    const char = this.#text[this.#at]!;
    if (char === "(") this.#readOpening();
    else if (char === ")") this.#readClosing();
    else if (char === "[") this.#readClass();
    else if (char === "\\") this.#readEscape();
    else if (char === "|") this.#readBar();
    else if (char === "^") this.#readPlace(this.#flags.isMultiline ? "line start" : "text start", 1);
    else if (char === "$") this.#readPlace(this.#flags.isMultiline ? "line end" : "text end", 1);
    else if (char === ".") this.#readDot();
    else this.#addCharacter(this.#nextCode());
  }

  #readPlace(place: Place, length: number): void {
    this.#add(placeOf(place));
    this.#at += length;
  }

  #readDot(): void {
    const { dotTakesAll } = this.#flags;
    this.#add(
      characterOf({ parts: [dotTakesAll ? everything : allButLineFeed], isNegated: false, ignoresCase: false }),
    );
    this.#at++;
  }

  #readBar(): void {
    const group = this.#open.at(-1)!;
    group.branches.push(this.#limited(sequenceOf(group.parts)));
    group.parts = [];
    this.#at++;
  }

  #readOpening(): void {
    if (this.#text[this.#at + 1] !== "?") {
      this.#begin(this.#names.push(undefined) - 1);
      this.#at++;
      return;
    }
    const name = readName(this.#text, this.#at);
    if (name !== undefined) {
      this.#begin(this.#names.push(name.name) - 1);
      this.#at = name.end;
      return;
    }
    const { flags, isGroup, end } = readFlags(this.#text, this.#at, this.#flags);
    if (isGroup) this.#begin(undefined);
    this.#flags = flags;
    this.#at = end;
  }

  #readClosing(): void {
    if (this.#open.length === 1) throw new PatternSyntaxError("unexpected )", this.#text);
    this.#add(this.#end());
    this.#at++;
  }

  #readEscape(): void {
    const letter = this.#text[this.#at + 1];
    const place = letter === undefined ? undefined : places.get(letter);
    if (place !== undefined) this.#readPlace(place, 2);
    else if (letter === "Q") this.#readQuoted();
    else if (!this.#readClassEscape((part) => this.#addSet([part]))) this.#addCharacter(this.#nextCode());
  }

  #readQuoted(): void {
    const end = this.#text.indexOf("\\E", this.#at + 2);
    for (const char of this.#text.slice(this.#at + 2, end < 0 ? undefined : end))
      this.#addCharacter(char.codePointAt(0)!);
    this.#at = end < 0 ? this.#text.length : end + 2;
  }

  #readClassEscape(take: (part: Characters) => void): boolean {
    if (this.#text[this.#at] !== "\\") return false;
    const letter = this.#text[this.#at + 1];
    if (letter === "p" || letter === "P") {
      throw new UnsupportedError(`regular expression ${this.#text}`, "classes of Unicode characters");
    }
    const part = perlClass(letter);
    if (part === undefined) return false;
    take(part);
    this.#at += 2;
    return true;
  }

  #readClass(): void {
    const begin = this.#at++;
    const isNegated = this.#text[this.#at] === "^";
    if (isNegated) this.#at++;
    const parts: Characters[] = [];
    // A bracket that closes stands for itself where it comes first.
    for (let isFirst = true; isFirst || this.#text[this.#at] !== "]"; isFirst = false) {
      if (!this.#readNamedClass(parts) && !this.#readClassEscape((part) => parts.push(part))) {
        parts.push(this.#readRange(begin));
      }
    }
    this.#at++;
    this.#addSet(parts, isNegated);
  }

  #readNamedClass(parts: Characters[]): boolean {
    if (!this.#text.startsWith("[:", this.#at)) return false;
    const end = this.#text.indexOf(":]", this.#at + 2);
    if (end < 0) return false;
    const part = namedClass(this.#text.slice(this.#at + 2, end));
    if (part === undefined) {
      throw new PatternSyntaxError("invalid character class range", this.#text.slice(this.#at, end + 2));
    }
    parts.push(part);
    this.#at = end + 2;
    return true;
  }

  #readRange(classBegin: number): Characters {
    const begin = this.#at;
    const from = this.#classCode(classBegin);
    let to = from;
    const next = this.#text[this.#at + 1];
    if (this.#text[this.#at] === "-" && next !== undefined && next !== "]") {
      this.#at++;
      to = this.#classCode(classBegin);
      if (to < from) {
        throw new PatternSyntaxError("invalid character class range", this.#text.slice(begin, this.#at));
      }
    }
    return { ranges: [[from, to]], isNegated: false };
  }

  #classCode(classBegin: number): number {
    if (this.#at >= this.#text.length) {
      throw new PatternSyntaxError("missing closing ]", this.#text.slice(classBegin));
    }
    return this.#nextCode();
  }

  /** The character that comes, escaped or not. */
  #nextCode(): number {
    if (this.#text[this.#at] === "\\") {
      const { code, end } = escapeAt(this.#text, this.#at);
      this.#at = end;
      return code;
    }
    const code = this.#text.codePointAt(this.#at)!;
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }
}
