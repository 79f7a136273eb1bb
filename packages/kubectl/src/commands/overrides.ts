import { isStoredKind, kinds } from "@kubenetsim/core/apiserver/decode/kinds";
import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { patchByJson, patchByStrategy } from "@kubenetsim/core/apiserver/patch/patched-draft";
import { InvariantError, StatusError } from "@kubenetsim/core/runtime/errors";
import { failure } from "../command-error.ts";
import type { Flag, FlagValues } from "../flags/flag.ts";

/** Of commands that make an object which a person may change before it is sent (cmdutil.OverrideOptions). */
export const overrideFlags: readonly Flag[] = [
  { name: "override-type", kind: "string", initial: "merge" },
  { name: "overrides", kind: "string" },
];

/** The object as `--overrides` leaves it. @throws CommandError for a patch that cannot be applied */
export function overridden(object: PlainObject, flags: FlagValues): PlainObject {
  const text = flags.text("overrides");
  if (text === "") return object;
  const type = flags.text("override-type") || "merge";
  const kind = String(object.kind);
  if (!isStoredKind(kind)) throw new InvariantError(`no kind ${kind} is made by a command`);
  const { apiVersion, struct } = kinds[kind];
  const subject = { kind, apiVersion, struct };
  try {
    if (type === "json" || type === "merge") return patchByJson(object, subject, type, text, "Ignore").object;
    if (type === "strategic") return patchByStrategy(object, subject, text, "Ignore").object;
  } catch (reason) {
    if (reason instanceof StatusError) throw failure(isJson(text) ? reason.message : wrongJson[type]!);
    throw reason;
  }
  throw failure(`invalid override type: ${type}`);
}

/** As the three libraries say it. */
const wrongJson: Readonly<Record<string, string>> = {
  json: "the override is no JSON patch",
  merge: "Invalid JSON Patch",
  strategic: "invalid JSON document",
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
