import { type GroupOpener, type GroupOptions, group } from "./group-kind.ts";
import type { PatternCursor } from "./pattern-cursor.ts";

const assertions: Readonly<Record<string, "plain" | "ahead" | "behind">> = {
  atomic: "plain",
  sr: "plain",
  script_run: "plain",
  asr: "plain",
  atomic_script_run: "plain",
  pla: "ahead",
  nla: "ahead",
  napla: "ahead",
  positive_lookahead: "ahead",
  negative_lookahead: "ahead",
  non_atomic_positive_lookahead: "ahead",
  plb: "behind",
  nlb: "behind",
  naplb: "behind",
  positive_lookbehind: "behind",
  negative_lookbehind: "behind",
  non_atomic_positive_lookbehind: "behind",
};
const verbs = /^(?:MARK|ACCEPT|F|FAIL|COMMIT|PRUNE|SKIP|THEN|)$/;
const malformed = "(*VERB) not recognized or malformed";

/** `(*FAIL)`, `(*MARK:name)` or `(*atomic:…)`, at its star. */
export function readVerb(cursor: PatternCursor, options: GroupOptions): GroupOpener {
  cursor.at++;
  const name = cursor.take(/\w*/y)!;
  if (/^[a-z]/.test(name)) {
    const type = assertions[name];
    if (type === undefined || !cursor.takes(":")) cursor.fail("(*alpha_assertion) not recognized");
    return group(type, options);
  }
  if (!verbs.test(name) || (name === "" && cursor.next !== ":")) cursor.fail(malformed);
  const argument = cursor.takes(":") ? cursor.take(/[^)]*/y)! : "";
  if (cursor.isAtEnd) cursor.fail(malformed);
  if (argument === "" && (name === "MARK" || name === "")) cursor.fail("(*MARK) must have an argument");
  if (!cursor.takes(")")) cursor.fail(malformed);
  return { kind: "item", item: { kind: "assertion" }, isRepeatable: name === "ACCEPT" };
}
