import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ServerError } from "../client/server-error.ts";
import { strategicPatchBetween } from "../client/strategic-patch.ts";
import { CommandError, failure, together } from "../command-error.ts";
import { objectPath, type ResourceInfo } from "../resources/resource-info.ts";
import type { CommandRun } from "./command.ts";

/** How a command changes objects by strategic merge patches. */
export interface ObjectPatching {
  /** @throws CommandError where an object cannot be changed so */
  readonly change: (object: PlainObject) => PlainObject;
  /** What is said before and about an object that cannot be changed. */
  readonly complaint: (info: ResourceInfo, message: string) => string;
  /** What is said before the server's refusal. */
  readonly failed: string;
  readonly fieldManager: string;
  readonly isServerDryRun?: boolean;
  /** Of objects that are as they should be already; they are patched all the same where this is not there. */
  readonly unchanged?: (info: ResourceInfo) => void;
  /** Nothing is sent; `done` gets the object as it would be. */
  readonly isLocal?: boolean;
  readonly done: (object: PlainObject) => void;
}

/** Patches objects one after another (pkg/cmd/set, CalculatePatches). @throws what went wrong, together at the end */
export function patchObjects(
  { session, flags }: CommandRun,
  infos: readonly ResourceInfo[],
  patching: ObjectPatching,
  earlier?: Error,
): void {
  const errors: Error[] = earlier === undefined ? [] : [earlier];
  for (const info of infos) {
    try {
      const after = changed(info, patching);
      const patch = strategicPatchBetween(info.object!, after);
      if (Object.keys(patch).length === 0 && patching.unchanged !== undefined) patching.unchanged(info);
      else if (patching.isLocal === true) patching.done(after);
      else {
        const query = {
          fieldManager: flags.text("field-manager") || patching.fieldManager,
          dryRun: patching.isServerDryRun === true ? "All" : undefined,
        };
        const contentType = "application/strategic-merge-patch+json";
        patching.done(
          session.client.ask("PATCH", objectPath(info), { body: JSON.stringify(patch), contentType, query }),
        );
      }
    } catch (reason) {
      if (reason instanceof ServerError) errors.push(failure(`${patching.failed} ${reason.message}`));
      else if (reason instanceof CommandError) errors.push(reason);
      else throw reason;
    }
  }
  if (errors.length > 0) throw together(errors);
}

function changed(info: ResourceInfo, { change, complaint }: ObjectPatching): PlainObject {
  try {
    return change(info.object!);
  } catch (reason) {
    if (!(reason instanceof CommandError)) throw reason;
    throw new CommandError(complaint(info, reason.message.replace(/^error: /, "")));
  }
}
