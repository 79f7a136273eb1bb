import { printFlags, saveConfigFlag, writeFlags } from "../../flags/global-flags.ts";
import type { Command } from "../command.ts";
import { createObject, nameArgument } from "./create-object.ts";

/** `kubectl create namespace` (pkg/cmd/create/create_namespace.go). */
export const createNamespace: Command = {
  name: "namespace",
  aliases: ["ns"],
  short: "Create a namespace with the specified name",
  flags: [...printFlags, ...writeFlags, saveConfigFlag],
  run: (call) => {
    const name = nameArgument(call);
    createObject(
      call,
      { kind: "Namespace", apiVersion: "v1", metadata: { name }, spec: {}, status: {} },
      { path: "/api/v1/namespaces" },
    );
  },
};
