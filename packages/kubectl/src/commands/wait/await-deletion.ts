import { isNotFound } from "../../client/server-error.ts";
import { objectPath, type ResourceInfo, resourceName } from "../../resources/resource-info.ts";
import type { Session } from "../../session.ts";
import { Deadline } from "./deadline.ts";

export interface DeletedObject {
  readonly info: ResourceInfo;
  /** Whom it was; another one of its name counts as gone. */
  readonly uid: string | undefined;
}

/** Waits until objects are gone (pkg/cmd/wait, IsDeleted). @throws CommandError when they are still there after the time */
export function awaitDeletion(session: Session, objects: readonly DeletedObject[], timeout: string): void {
  const deadline = new Deadline(session, timeout);
  for (const object of objects) {
    deadline.until(
      () => isGone(session, object),
      `timed out waiting for the condition on ${resourceName(object.info)}`,
    );
  }
}

export function isGone(session: Session, { info, uid }: DeletedObject): boolean {
  try {
    const { metadata } = session.client.ask("GET", objectPath(info)) as { metadata?: { uid?: string } };
    return uid !== undefined && metadata?.uid !== uid;
  } catch (reason) {
    if (isNotFound(reason)) return true;
    throw reason;
  }
}
