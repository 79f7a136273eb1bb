import { matchesSelector, type Selector } from "@kubenetsim/core/model/label-selector";
import { parseSelector } from "@kubenetsim/core/model/selector-text";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { ServerError } from "../client/server-error.ts";
import { CommandError, failure, together } from "../command-error.ts";
import type { FlagValues } from "../flags/flag.ts";
import type { Session } from "../session.ts";
import { readFileObjects } from "./file-objects.ts";
import { readTexts } from "./file-texts.ts";
import type { ResourceSource } from "./found-resources.ts";
import { type ResourceArguments, readResourceArguments } from "./resource-arguments.ts";
import type { ResourceInfo } from "./resource-info.ts";

interface FileSearch {
  readonly session: Session;
  readonly flags: FlagValues;
  readonly args: readonly string[];
  readonly labelSelector: string;
}

/**
 * The objects that `-f`, `-R` and `-l` name, in the order of the files.
 *
 * @param renew gives an object as it is to be had, before labels are looked at
 * @throws CommandError for a file or a folder that is not there, for arguments, and for a bad selector
 */
export function fileSources(
  search: FileSearch,
  renew: (info: ResourceInfo) => ResourceInfo,
): { sources: readonly ResourceSource[]; isOne: boolean } {
  const { session, flags, args, labelSelector } = search;
  const { texts, errors } = readTexts(session.host, flags);
  const words = attempted(() => readResourceArguments(args));
  const problems = words instanceof Error ? [...errors, words] : errors;
  if (problems.length > 0) throw together(problems);
  requireNoArguments(words as ResourceArguments);
  const selector = readSelector(labelSelector);
  const sources = texts.map(
    (text): ResourceSource =>
      function* () {
        for (const read of readFileObjects(text, session, flags)) {
          const one = read instanceof Error ? read : attempted(() => renew(read));
          if (one instanceof Error || matches(one, selector)) yield one;
        }
      },
  );
  return { sources, isOne: texts.length === 1 && texts[0]!.source !== "STDIN" };
}

/** @throws CommandError */
function requireNoArguments({ types, tuples }: ResourceArguments): void {
  if (types.length > 0) {
    throw failure("when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well");
  }
  if (tuples.length > 0) throw failure("resource/name arguments cannot be provided when a path is specified");
}

function readSelector(text: string): Selector {
  try {
    return parseSelector(text);
  } catch (reason) {
    if (!(reason instanceof ParseError)) throw reason;
    throw failure(`the provided selector ${JSON.stringify(text)} is not valid: ${reason.message}`);
  }
}

function attempted<Result>(work: () => Result): Result | Error {
  try {
    return work();
  } catch (reason) {
    if (reason instanceof CommandError || reason instanceof ServerError) return reason;
    throw reason;
  }
}

function matches({ object }: ResourceInfo, selector: Selector): boolean {
  const { labels } = (object!.metadata ?? {}) as { labels?: Readonly<Record<string, string>> };
  return matchesSelector(selector, labels);
}
