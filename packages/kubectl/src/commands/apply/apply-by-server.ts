import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ServerError } from "../../client/server-error.ts";
import { writeQuery } from "../../client/write-query.ts";
import { failure } from "../../command-error.ts";
import { readDryRun, readValidation } from "../../flags/dry-run.ts";
import { sortedKeys, structJson } from "../../output/json.ts";
import { objectPath, type ResourceInfo } from "../../resources/resource-info.ts";
import type { CommandRun } from "../command.ts";
import type { AppliedObject } from "./apply.ts";

/** `kubectl apply --server-side`: the manifest goes to the server, which merges it. */
export function applyByServer({ flags, session }: CommandRun, given: ResourceInfo): AppliedObject {
  try {
    const object = session.client.ask("PATCH", objectPath(given, flags.text("subresource")), {
      body: structJson(sortedKeys(given.object!)),
      contentType: "application/apply-patch+yaml",
      query: writeQuery({
        fieldManager: flags.text("field-manager") || "kubectl",
        dryRun: readDryRun(flags),
        fieldValidation: readValidation(flags),
        force: flags.flag("force-conflicts"),
      }),
    });
    return { object: object as PlainObject, outcome: "serverside-applied" };
  } catch (reason) {
    if (reason instanceof ServerError && reason.reason === "Conflict") throw conflictOf(reason);
    throw reason;
  }
}

function conflictOf({ message }: ServerError): Error {
  return failure(`${message}
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`);
}
