import { printFlags, saveConfigFlag, writeFlags } from "../../flags/global-flags.ts";
import type { Command } from "../command.ts";
import { createNamed, nameArgument, namespaceOf } from "./create-object.ts";

/** `kubectl create serviceaccount` (pkg/cmd/create/create_serviceaccount.go). */
export const createServiceAccount: Command = {
  name: "serviceaccount",
  aliases: ["sa"],
  short: "Create a service account with the specified name",
  flags: [...printFlags, ...writeFlags, saveConfigFlag],
  run: (call) => {
    const name = nameArgument(call);
    const metadata = { name, ...namespaceOf(call.session) };
    const path = `/api/v1/namespaces/${call.session.namespace}/serviceaccounts`;
    createNamed(call, () => ({ kind: "ServiceAccount", apiVersion: "v1", metadata }), path, "serviceaccount:");
  },
};
