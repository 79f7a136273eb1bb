import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { failure, usageError } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { printFlags, saveConfigFlag, writeFlags } from "../../flags/global-flags.ts";
import type { Command, CommandRun } from "../command.ts";
import { createNamed, namespaceOf } from "./create-object.ts";

const flags: readonly Flag[] = [
  ...printFlags,
  ...writeFlags,
  saveConfigFlag,
  { name: "image", kind: "stringSlice", required: true },
  { name: "port", kind: "int", initial: "-1" },
  { name: "replicas", short: "r", kind: "int", initial: "1" },
];

/** `kubectl create deployment` (pkg/cmd/create/create_deployment.go). */
export const createDeployment: Command = {
  name: "deployment",
  aliases: ["deploy"],
  short: "Create a deployment with the specified name",
  flags,
  run,
};

function run(call: CommandRun): void {
  const { args, path, session } = call;
  const [name, ...command] = args;
  if (name === undefined) throw usageError(path, "exactly one NAME is required, got 0");
  const collection = `/apis/apps/v1/namespaces/${session.namespace}/deployments`;
  createNamed(call, () => deploymentOf(call, name, command), collection, "deployment:");
}

function deploymentOf({ flags: given, session }: CommandRun, name: string, command: readonly string[]): PlainObject {
  const images = given.list("image");
  if (images.length > 1 && command.length > 0) throw failure("cannot specify multiple --image options and command");
  const port = given.number("port");
  const containers = images.map((image, i) => ({
    name: containerName(image),
    image,
    ...(command.length === 0 ? {} : { command }),
    ...(i === 0 && port >= 0 ? { ports: [{ containerPort: port }] } : {}),
    resources: {},
  }));
  const labels = { app: name };
  return {
    kind: "Deployment",
    apiVersion: "apps/v1",
    metadata: { name, ...namespaceOf(session), labels },
    spec: {
      replicas: given.number("replicas"),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
      strategy: {},
    },
    status: {},
  };
}

/** The image without its registry, tag and digest. */
function containerName(image: string): string {
  const last = image.slice(image.lastIndexOf("/") + 1);
  return last.split(":")[0]!.split("@")[0]!;
}
