import type { ApiObject, Kind } from "../../model/api-object.ts";
import { matchesSelector, parseInt64, type Selector } from "../../model/label-selector.ts";
import { parseSelector } from "../../model/selector-text.ts";
import { ParseError } from "../../runtime/errors.ts";
import { type FieldError, forbidden, invalidObject, notSupported } from "../validate/field-error.ts";
import { type FieldTerm, matchesField, readFieldSelector, supportedTerms } from "./field-selector.ts";
import { badRequest } from "./refusals.ts";
import type { URLQuery } from "./request.ts";

/** `metav1.ListOptions`: which objects of a collection are asked for, and as of when. */
export interface ListOptions {
  readonly labels: Selector;
  readonly fields: readonly FieldTerm[];
  readonly watch: boolean;
  readonly allowWatchBookmarks: boolean;
  /** A watch begins with what there is. */
  readonly sendInitialEvents: boolean;
  /** "" for none given. */
  readonly resourceVersion: string;
  readonly resourceVersionMatch: "" | "Exact" | "NotOlderThan";
  readonly timeoutSeconds: number | undefined;
  /** 0 for no limit. */
  readonly limit: number;
  /** "" for the beginning. */
  readonly continueToken: string;
}

/**
 * Reads the parameters of a list or watch as apimachinery decodes them, and refuses what does not go together
 * (pkg/apis/meta/internalversion/validation).
 *
 * @throws StatusError BadRequest, Invalid
 */
export function readListOptions(query: URLQuery, kind: Kind): ListOptions {
  const text = (name: string): string => query.get(name) ?? "";
  const read = {
    timeoutSeconds: readInteger(query.get("timeoutSeconds")),
    limit: Math.max(readInteger(query.get("limit")) ?? 0, 0),
    labels: readLabels(text("labelSelector")),
    fields: readFieldSelector(text("fieldSelector")),
    watch: isTrue(query.get("watch")),
    allowWatchBookmarks: isTrue(query.get("allowWatchBookmarks")),
    resourceVersion: text("resourceVersion"),
    continueToken: text("continue"),
  };
  const given = query.has("sendInitialEvents") ? isTrue(query.get("sendInitialEvents")) : undefined;
  const match = text("resourceVersionMatch");
  // A watch from nowhere begins with what there is, as if the client had asked for it.
  const fromNow = read.watch && given === undefined && match === "" && (Number(read.resourceVersion) || 0) === 0;
  refuse(read.watch ? watchErrors(match, given, fromNow, read) : listErrors(match, given, read));
  return {
    ...read,
    fields: supportedTerms(read.fields, kind),
    sendInitialEvents: given ?? fromNow,
    resourceVersionMatch: match as ListOptions["resourceVersionMatch"],
  };
}

export function isSelected(object: ApiObject, { labels, fields }: Pick<ListOptions, "labels" | "fields">): boolean {
  return matchesSelector(labels, object.metadata.labels) && fields.every((term) => matchesField(object, term));
}

/** Only an absent parameter, `0` and `false` are false. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && value !== "0" && value.toLowerCase() !== "false";
}

/** Go's strconv.ParseInt of a parameter. @throws StatusError BadRequest */
export function readInteger(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = parseInt64(text);
  if (value !== undefined) return Number(value);
  const reason = /^[+-]?[0-9]+$/.test(text) ? "value out of range" : "invalid syntax";
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${reason}`);
}

function readLabels(text: string): Selector {
  try {
    return parseSelector(text);
  } catch (reason) {
    if (reason instanceof ParseError) throw badRequest(reason.message);
    throw reason;
  }
}

const field = "resourceVersionMatch";

interface GivenOptions {
  readonly resourceVersion: string;
  readonly continueToken: string;
}

function listErrors(match: string, initialEvents: boolean | undefined, given: GivenOptions): FieldError[] {
  const errors: FieldError[] = [];
  if (match !== "") {
    if (given.resourceVersion === "") {
      errors.push(forbidden(field, "resourceVersionMatch is forbidden unless resourceVersion is provided"));
    }
    if (given.continueToken !== "") {
      errors.push(forbidden(field, "resourceVersionMatch is forbidden when continue is provided"));
    }
    if (match !== "Exact" && match !== "NotOlderThan") {
      errors.push(notSupported(field, match, ["Exact", "NotOlderThan", ""]));
    }
    if (match === "Exact" && given.resourceVersion === "0") {
      errors.push(forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (initialEvents !== undefined) {
    errors.push(forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
  }
  return errors;
}

function watchErrors(
  match: string,
  initialEvents: boolean | undefined,
  fromNow: boolean,
  { continueToken }: GivenOptions,
): FieldError[] {
  const errors: FieldError[] = [];
  if (initialEvents !== undefined && match !== "NotOlderThan") {
    errors.push(forbidden(field, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
  }
  if (match !== "" && initialEvents === undefined) {
    errors.push(forbidden(field, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
  }
  if (match !== "" && match !== "NotOlderThan") errors.push(notSupported(field, match, ["NotOlderThan"]));
  if ((match !== "" || fromNow) && continueToken !== "") {
    errors.push(forbidden(field, "resourceVersionMatch is forbidden when continue is provided"));
  }
  return errors;
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalidObject("ListOptions.meta.k8s.io", "", errors);
}
