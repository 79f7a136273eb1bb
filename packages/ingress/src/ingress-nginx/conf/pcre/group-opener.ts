import { type GroupOpener, type GroupOptions, group } from "./group-kind.ts";
import type { GroupNumbers } from "./group-numbers.ts";
import { noSuchGroup, type PatternCursor } from "./pattern-cursor.ts";
import { readVerb } from "./read-verb.ts";

const unclosed = "missing closing parenthesis";

/** Reads what stands behind an opening parenthesis (pcre2_compile.c `parse_regex`). */
export function readOpener(cursor: PatternCursor, groups: GroupNumbers, options: GroupOptions): GroupOpener {
  if (cursor.next === "*" && /[^)]/.test(cursor.text[cursor.at + 1] ?? "")) return readVerb(cursor, options);
  if (!cursor.takes("?")) return group("plain", options, { catches: options.catches });
  if (cursor.isAtEnd) cursor.fail(unclosed);
  if (cursor.takes("<=") || cursor.takes("<!") || cursor.takes("<*")) return group("behind", options);
  if (cursor.takes("<")) return named(cursor, ">", options);
  if (cursor.takes("'")) return named(cursor, "'", options);
  if (cursor.takes("P")) return python(cursor, groups, options);
  if (cursor.takes("=") || cursor.takes("!") || cursor.takes("*")) return group("ahead", options);
  if (cursor.takes(":") || cursor.takes(">")) return group("plain", options);
  if (cursor.takes("|")) return group("plain", options, { resetsNumbers: true });
  if (cursor.takes("(")) return condition(cursor, groups, options);
  if (cursor.takes("&")) return call(cursor, groups);
  if (cursor.takes("C")) return callout(cursor);
  if (cursor.takes("R")) {
    if (!cursor.takes(")")) cursor.fail("(?R (recursive pattern call) must be followed by a closing parenthesis");
    return whole(0, cursor.at, groups);
  }
  if (/^[+-]?\d/.test(cursor.text.slice(cursor.at))) return numberedCall(cursor, groups);
  if (cursor.next === "+") cursor.fail("digit expected after (?+ or (?-", cursor.at + 1);
  return flags(cursor, options);
}

function named(cursor: PatternCursor, terminator: string, options: GroupOptions): GroupOpener {
  return group("plain", options, { catches: true, name: String(cursor.name(terminator).group) });
}

function python(cursor: PatternCursor, groups: GroupNumbers, options: GroupOptions): GroupOpener {
  if (cursor.isAtEnd) cursor.fail(unclosed);
  if (cursor.takes("<")) return named(cursor, ">", options);
  if (cursor.takes(">")) return call(cursor, groups);
  if (!cursor.takes("=")) cursor.fail("unrecognized character after (?P");
  const to = cursor.name(")");
  groups.use(to);
  return { kind: "item", item: { kind: "reference", to }, isRepeatable: true };
}

function call(cursor: PatternCursor, groups: GroupNumbers): GroupOpener {
  const to = cursor.name(")");
  groups.use(to);
  return { kind: "item", item: { kind: "call", to }, isRepeatable: true };
}

function numberedCall(cursor: PatternCursor, groups: GroupNumbers): GroupOpener {
  const number = cursor.number()!;
  const offset = cursor.at;
  if (!cursor.takes(")")) cursor.fail(unclosed);
  return whole(number, offset, groups);
}

function whole(number: number, offset: number, groups: GroupNumbers): GroupOpener {
  const to = { group: number, offset };
  groups.use(to);
  return { kind: "item", item: { kind: "call", to }, isRepeatable: true };
}

function callout(cursor: PatternCursor): GroupOpener {
  const number = cursor.take(/\d+/y);
  if (number !== undefined && Number(number) > 255) cursor.fail("number after (?C is greater than 255");
  if (number === undefined && cursor.next !== ")") {
    if (cursor.take(/(?<mark>[`'"^%#$])(?:(?!\k<mark>)[\s\S])*\k<mark>|\{[^}]*\}/y) === undefined) {
      cursor.fail("unrecognized string delimiter follows (?C");
    }
  }
  if (!cursor.takes(")")) cursor.fail("closing parenthesis for (?C expected");
  return { kind: "item", item: { kind: "assertion" }, isRepeatable: false };
}

function condition(cursor: PatternCursor, groups: GroupNumbers, options: GroupOptions): GroupOpener {
  if (cursor.isAtEnd) cursor.fail(unclosed);
  if (cursor.next === "?" || cursor.next === "*") {
    const found = /^(?:\?<?[=!*]|\*\w+:)/.exec(cursor.text.slice(cursor.at))?.[0];
    if (found === undefined) cursor.fail("assertion expected after (?( or (?(?C)", cursor.at - 1);
    return group("condition", options, { condition: found.includes("<") || found.includes("b:") ? "behind" : "ahead" });
  }
  const number = cursor.number();
  if (number !== undefined) {
    if (number <= 0) cursor.fail(noSuchGroup);
    groups.use({ group: number, offset: cursor.at - 2 });
    return endCondition(cursor, options);
  }
  if (cursor.take(/VERSION>?=\d+(?:\.\d+)?(?=\))/y) !== undefined) return endCondition(cursor, options);
  if (cursor.takes("R&")) {
    groups.use({ ...cursor.name(")") });
    return group("condition", options);
  }
  const opener = cursor.take(/[<']/y);
  const to = cursor.name(opener === undefined ? ")" : opener === "<" ? ">" : "'");
  if (opener !== undefined) {
    groups.use(to);
    return endCondition(cursor, options);
  }
  const name = String(to.group);
  if (name === "DEFINE" && !groups.has(name)) return group("definition", options, { offset: to.offset });
  const recursion = /^R(\d*)$/.exec(name);
  if (recursion === null) groups.use(to);
  else if (recursion[1] !== "") groups.use({ group: Number(recursion[1]), offset: to.offset });
  return group("condition", options);
}

function endCondition(cursor: PatternCursor, options: GroupOptions): GroupOpener {
  if (!cursor.takes(")")) cursor.fail("missing closing parenthesis for condition");
  return group("condition", options);
}

function flags(cursor: PatternCursor, options: GroupOptions): GroupOpener {
  let { isExtended, catches, allowsTwice } = options;
  const isReset = cursor.takes("^");
  if (isReset) [isExtended, catches] = [false, true];
  let isOn = true;
  for (; ; cursor.at++) {
    if (cursor.isAtEnd) cursor.fail(unclosed);
    const letter = cursor.next;
    if (letter === ")" || letter === ":") break;
    if (letter === "-" && (isReset || !isOn)) cursor.fail("invalid hyphen in option setting");
    if (letter === "-") isOn = false;
    else if (letter === "x") isExtended = isOn;
    else if (letter === "n") catches = !isOn;
    else if (letter === "J") allowsTwice = isOn;
    else if (!"imsU".includes(letter)) cursor.fail("unrecognized character after (? or (?-");
  }
  const set = { ...options, isExtended, catches, allowsTwice };
  if (cursor.takes(":")) return group("plain", set);
  cursor.at++;
  return { kind: "options", options: set };
}
