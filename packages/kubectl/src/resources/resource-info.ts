import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { failure } from "../command-error.ts";
import type { ResourceType } from "./resource-type.ts";

/** What a command works on: an object, or the answer for a whole collection (cli-runtime, resource.Info). */
export interface ResourceInfo {
  readonly type: ResourceType;
  /** "" for a collection, and for objects of files that have none. */
  readonly name: string;
  /** Undefined for kinds without namespaces. */
  readonly namespace: string | undefined;
  /** The path of its collection. */
  readonly collection: string;
  /** The file that it was read from, as messages say it; `STDIN` for standard input. */
  readonly source: string | undefined;
  /** As it was found; undefined as long as nobody has asked for it. */
  readonly object: PlainObject | undefined;
}

/** `services/web`, as messages of waiting say it. */
export function resourceName({ type, name }: ResourceInfo): string {
  return `${type.info.plural}/${name}`;
}

/**
 * The path to ask for an object, or for a subresource of it.
 *
 * @throws CommandError for a name that no path can hold (client-go, rest.IsValidPathSegmentName)
 */
export function objectPath({ collection, name }: ResourceInfo, subresource = ""): string {
  if (name === "") throw failure("resource name may not be empty");
  const wrong = [".", ".."].includes(name)
    ? [`may not be '${name}'`]
    : ["/", "%"].filter((char) => name.includes(char)).map((char) => `may not contain '${char}'`);
  if (wrong.length > 0) throw failure(`invalid resource name ${JSON.stringify(name)}: [${wrong.join(" ")}]`);
  return `${collection}/${name}${subresource === "" ? "" : `/${subresource}`}`;
}
