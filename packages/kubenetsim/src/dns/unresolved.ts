import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { LookupError } from "@kubenetsim/dns/resolver/resolution";
import { formatSource, type Source } from "../connect/source.ts";
import type { NameLookup } from "./name-lookup.ts";

/** What the codes of getaddrinfo say (gai_strerror of glibc). */
export const lookupErrorTexts: Readonly<Record<LookupError, string>> = {
  EAI_NONAME: "Name or service not known",
  EAI_NODATA: "No address associated with hostname",
  EAI_AGAIN: "Temporary failure in name resolution",
  EAI_FAIL: "Non-recoverable failure in name resolution",
};

/** A name that a connection cannot be opened to. */
export function unresolved(
  { tables }: ClusterState,
  from: Source,
  { name, error = "EAI_NONAME" }: NameLookup,
): ParseError {
  const [service = "", namespace = from.kind === "pod" ? from.namespace : "default"] = name.split(".");
  const meant = nearestWord(`${namespace}/${service}`, tables.Service.keys());
  const [of, found] = meant?.split("/") ?? [];
  return new ParseError(`could not resolve host ${name} for ${formatSource(from)}: ${lookupErrorTexts[error]}`, {
    hint:
      meant === undefined || from.kind !== "pod"
        ? "resolve() tells every query and its answer"
        : `did you mean ${found}.${of}?`,
  });
}
