import type { GroupOptions } from "./group-kind.ts";
import { GroupNumbers } from "./group-numbers.ts";
import { readOpener } from "./group-opener.ts";
import { PatternCursor, PatternMistake } from "./pattern-cursor.ts";
import { checkLookbehinds, checkSize } from "./pattern-lengths.ts";
import type { PatternGroup, PatternItem, Repeats } from "./pattern-tree.ts";
import { posixEnd, readClass } from "./read-class.ts";
import { readEscape } from "./read-escape.ts";

const mostRepeats = 65_535;
/** How deep groups may stand in each other (pcre2_config: PARENS_NEST_LIMIT). */
const deepest = 250;
const notRepeatable = "quantifier does not follow a repeatable item";

/** Reads a pattern as PCRE2 does, as far as its mistakes go (pcre2_compile.c `parse_regex`, `check_lookbehinds`, `compile_regex`). */
export class PatternReader {
  readonly #cursor: PatternCursor;
  readonly #groups = new GroupNumbers();
  /** What stood last, for a repetition; undefined where there is nothing to repeat. */
  #last: PatternItem | undefined;
  /** A repetition stood last, which a `?` or `+` may make lazy or possessive. */
  #isRepeated = false;
  #depth = 0;
  #keptInLook: number | undefined;

  /** @param pattern one character for each byte */
  constructor(pattern: string) {
    this.#cursor = new PatternCursor(pattern);
  }

  /** @throws PatternMistake */
  check(): void {
    const cursor = this.#cursor;
    cursor.take(
      /(?:\(\*(?:UTF8?|UCP|CRLF|CR|LF|NUL|ANY|ANYCRLF|BSR_ANYCRLF|BSR_UNICODE|NO_\w+|NOTEMPTY\w*|LIMIT_\w+=\d+)\))+/y,
    );
    const branches = this.#branches({ isExtended: false, catches: true, allowsTwice: false, isLook: false }, false);
    if (!cursor.isAtEnd) cursor.fail("unmatched closing parenthesis");
    checkLookbehinds(branches, this.#groups);
    this.#groups.check();
    checkSize(branches, cursor.text.length);
    if (this.#keptInLook !== undefined) {
      cursor.fail("\\K is not allowed in lookarounds (but see PCRE2_EXTRA_ALLOW_LOOKAROUND_BSK)", cursor.text.length);
    }
  }

  /** Alternatives up to a closing parenthesis or the end. Options that are set within count to its end. */
  #branches(given: GroupOptions, resetsNumbers: boolean): PatternItem[][] {
    const cursor = this.#cursor;
    const branches: PatternItem[][] = [[]];
    const first = cursor.groups;
    let [options, most] = [given, first];
    this.#last = undefined;
    this.#isRepeated = false;
    while (!cursor.isAtEnd && cursor.next !== ")") {
      if (cursor.takes("|")) {
        branches.push([]);
        this.#last = undefined;
        this.#isRepeated = false;
        most = Math.max(most, cursor.groups);
        if (resetsNumbers) cursor.groups = first;
        continue;
      }
      options = this.#item(branches.at(-1)!, options);
    }
    if (resetsNumbers) cursor.groups = Math.max(most, cursor.groups);
    return branches;
  }

  #add(branch: PatternItem[], item: PatternItem, isRepeatable = true): void {
    branch.push(item);
    this.#last = isRepeatable ? item : undefined;
    this.#isRepeated = false;
  }

  #item(branch: PatternItem[], options: GroupOptions): GroupOptions {
    const cursor = this.#cursor;
    const start = cursor.at;
    if (options.isExtended && cursor.take(/[\s\v]|#[^\n]*/y) !== undefined) return options;
    if (cursor.take(/\(\?#/y) !== undefined) {
      cursor.take(/[^)]*/y);
      if (!cursor.takes(")")) cursor.fail("missing ) after (?# comment");
      return options;
    }
    if (cursor.take(/(?:\\Q)?\\E/y) !== undefined) return options;
    const isSuffix = this.#isRepeated && cursor.take(/[?+]/y) !== undefined;
    this.#isRepeated = false;
    if (isSuffix) return options;
    const character = cursor.next;
    cursor.at++;
    if (character === "(") return this.#group(branch, options);
    if (character === "\\") this.#escape(branch, options);
    else if (character === "[") this.#class(branch, start);
    else if (character === "^" || character === "$") this.#add(branch, { kind: "assertion" }, false);
    else if ("*+?".includes(character)) {
      this.#repeat({ least: character === "+" ? 1 : 0, most: character === "?" ? 1 : Number.POSITIVE_INFINITY });
    } else {
      const repeats = character === "{" ? this.#braces() : undefined;
      if (repeats === undefined) this.#add(branch, { kind: "character" });
      else this.#repeat(repeats);
    }
    return options;
  }

  #repeat(repeats: Repeats): void {
    const cursor = this.#cursor;
    const last = this.#last ?? cursor.fail(notRepeatable, cursor.at - 1);
    last.repeats = repeats;
    this.#last = undefined;
    this.#isRepeated = true;
  }

  #braces(): Repeats | undefined {
    const cursor = this.#cursor;
    const found = /^(\d+)(?:(,)(\d*))?\}/.exec(cursor.text.slice(cursor.at));
    if (found === null) return undefined;
    const least = this.#count();
    const hasMost = cursor.takes(",");
    const most = !hasMost ? least : cursor.next === "}" ? Number.POSITIVE_INFINITY : this.#count();
    cursor.at++;
    if (most < least) cursor.fail("numbers out of order in {} quantifier", cursor.at - 1);
    return { least, most };
  }

  #count(): number {
    const cursor = this.#cursor;
    let value = 0;
    while (/\d/.test(cursor.next)) {
      value = 10 * value + Number(cursor.next);
      cursor.at++;
      if (value > mostRepeats) cursor.fail("number too big in {} quantifier");
    }
    return value;
  }

  #escape(branch: PatternItem[], { isLook }: GroupOptions): void {
    const cursor = this.#cursor;
    const escaped = readEscape(cursor, false);
    if (escaped.kind === "quote" || escaped.kind === "endQuote") {
      const end = cursor.text.indexOf("\\E", cursor.at);
      const stop = end < 0 ? cursor.text.length : end;
      for (; cursor.at < stop; cursor.at++) this.#add(branch, { kind: "character" });
      cursor.takes("\\E");
      return;
    }
    if (escaped.kind === "reference" || escaped.kind === "call") {
      this.#groups.use(escaped.to);
      this.#add(branch, { kind: escaped.kind, to: escaped.to });
      return;
    }
    if (escaped.kind === "assertion" && escaped.isKept && isLook) this.#keptInLook ??= cursor.at;
    this.#add(branch, { kind: escaped.kind }, escaped.kind !== "assertion");
  }

  #class(branch: PatternItem[], start: number): void {
    const cursor = this.#cursor;
    if (posixEnd(cursor.text, start) !== undefined) {
      const isNamed = cursor.text[start + 1] === ":";
      cursor.fail(
        isNamed
          ? "POSIX named classes are supported only within a class"
          : "POSIX collating elements are not supported",
        start,
      );
    }
    if (cursor.take(/\[:[<>]:\]\]/y) !== undefined) this.#add(branch, { kind: "assertion" });
    else {
      readClass(cursor);
      this.#add(branch, { kind: "class" });
    }
  }

  #group(branch: PatternItem[], options: GroupOptions): GroupOptions {
    const cursor = this.#cursor;
    // Of an assertion by a word PCRE2 tells the word.
    const offset = cursor.next === "*" ? cursor.at + 1 : cursor.at - 1;
    const opener = readOpener(cursor, this.#groups, options);
    if (opener.kind === "options") {
      this.#last = undefined;
      return opener.options;
    }
    if (opener.kind === "item") {
      this.#add(branch, opener.item, opener.isRepeatable);
      return options;
    }
    if (++this.#depth > deepest) cursor.fail("parentheses are too deeply nested");
    const group: PatternGroup = { kind: "group", type: opener.type, number: undefined, offset, branches: [] };
    if (opener.catches) {
      group.number = ++cursor.groups;
      if (opener.name !== undefined) this.#groups.name(cursor, opener.name, group.number, options.allowsTwice);
      this.#groups.add(group);
    }
    const { isLook } = options;
    const within = { ...opener.options, isLook: isLook || group.type === "ahead" || group.type === "behind" };
    const before = opener.condition === undefined ? [] : [this.#conditionGroup(opener.condition, within)];
    group.branches.push(...this.#branches(within, opener.resetsNumbers));
    group.branches[0]!.unshift(...before);
    if (!cursor.takes(")")) cursor.fail("missing closing parenthesis");
    this.#depth--;
    this.#checkBranches(group, opener.offset ?? offset);
    this.#add(branch, group);
    return options;
  }

  /** The assertion that a group asks first. */
  #conditionGroup(type: "ahead" | "behind", options: GroupOptions): PatternItem {
    const cursor = this.#cursor;
    const offset = cursor.at - 1;
    cursor.take(/\?<?[=!*]|\*\w+:/y);
    const branches = this.#branches({ ...options, isLook: true }, false);
    if (!cursor.takes(")")) cursor.fail("missing closing parenthesis");
    return { kind: "group", type, number: undefined, offset, branches };
  }

  #checkBranches({ type, branches, offset }: PatternGroup, named: number): void {
    if (type === "definition" && branches.length > 1) {
      this.#groups.use(new PatternMistake("DEFINE subpattern contains more than one branch", named));
    }
    if (type === "condition" && branches.length > 2) {
      this.#groups.use(new PatternMistake("conditional subpattern contains more than two branches", offset));
    }
  }
}
