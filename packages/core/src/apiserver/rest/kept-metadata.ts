import type { ApiObject } from "../../model/api-object.ts";
import type { ObjectMeta } from "../../model/object-meta.ts";
import { StatusError } from "../../runtime/errors.ts";
import type { KindInfo } from "../decode/kinds.ts";
import type { Draft } from "../draft.ts";
import { type FieldError, forbidden, invalid, invalidObject } from "../validate/field-error.ts";
import { conflict } from "./refusals.ts";
import type { Strategy } from "./strategy.ts";

/**
 * Gives an update the metadata that is the server's, and refuses one that is about another object or wants to change what
 * may not change (rest.BeforeUpdate, apimachinery ValidateObjectMetaAccessorUpdate).
 *
 * @throws StatusError Conflict, Invalid
 */
export function keepMetadata(draft: Draft<ApiObject>, before: ApiObject, info: KindInfo, strategy: Strategy): void {
  const { metadata } = draft;
  const old = before.metadata;
  requireUid(metadata.uid, before, info, strategy);
  requireRevision(metadata.resourceVersion, before, info);
  const errors: FieldError[] = [
    ...fixed("deletionTimestamp", metadata.deletionTimestamp, old.deletionTimestamp),
    ...fixed("deletionGracePeriodSeconds", metadata.deletionGracePeriodSeconds, old.deletionGracePeriodSeconds),
    ...newFinalizers(metadata.finalizers ?? [], before),
  ];
  if (errors.length > 0) throw invalidObject(info.qualified, old.name, errors);
  delete metadata.selfLink;
  if (old.deletionTimestamp !== undefined) metadata.deletionTimestamp = old.deletionTimestamp;
  if (old.deletionGracePeriodSeconds !== undefined) {
    metadata.deletionGracePeriodSeconds = old.deletionGracePeriodSeconds;
  }
  if (old.generation === undefined) delete metadata.generation;
}

/** @throws StatusError Conflict */
export function requireUid(uid: string | undefined, before: ApiObject, info: KindInfo, strategy: Strategy): void {
  if (!uid || uid === before.metadata.uid) return;
  throw otherUid(uid, before.metadata, info, strategy);
}

/** For an update of an object that somebody took for another one; what is not there has no uid. */
export function otherUid(
  uid: string,
  { name, namespace, uid: stored = "" }: ObjectMeta,
  info: KindInfo,
  strategy: Strategy,
): StatusError {
  const reason = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${stored}`;
  return storageError({ name, ...(namespace === undefined ? {} : { namespace }) }, info, strategy, reason);
}

/** What the store itself does not let happen to an object. */
export function storageError(
  { name, namespace }: ObjectMeta,
  info: KindInfo,
  { etcdFolder }: Strategy,
  reason: string,
): StatusError {
  const key = ["/registry", etcdFolder, ...(namespace === undefined ? [] : [namespace]), name].join("/");
  const detail = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${reason}`;
  return conflict(info, name, detail);
}

/** Who gives a revision wants to change what he has seen. @throws StatusError Conflict */
export function requireRevision(given: string | undefined, before: ApiObject, info: KindInfo): void {
  requireNumber(given);
  if (!given || given === "0" || given === before.metadata.resourceVersion) return;
  const again = "please apply your changes to the latest version and try again";
  throw conflict(info, before.metadata.name, `the object has been modified; ${again}`);
}

/** @throws StatusError for a resource version that is none */
export function requireNumber(given: string | undefined): void {
  if (!given || /^[0-9]+$/.test(given)) return;
  throw new StatusError("Unknown", `strconv.ParseUint: parsing ${JSON.stringify(given)}: invalid syntax`);
}

function fixed(name: string, given: unknown, old: unknown): FieldError[] {
  return given === undefined || given === old ? [] : [invalid(`metadata.${name}`, given, "field is immutable")];
}

function newFinalizers(given: readonly string[], { metadata: old }: ApiObject): FieldError[] {
  if (old.deletionTimestamp === undefined) return [];
  const added = given.filter((name) => !(old.finalizers ?? []).includes(name));
  if (added.length === 0) return [];
  const list = `[]string{${added.map((name) => JSON.stringify(name)).join(", ")}}`;
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
  return [forbidden("metadata.finalizers", detail)];
}
