import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { dnsSubdomain, portName } from "@kubenetsim/core/apiserver/validate/names";
import { failure } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { printFlags, saveConfigFlag, writeFlags } from "../../flags/global-flags.ts";
import type { Command, CommandRun } from "../command.ts";
import { createNamed, nameArgument, namespaceOf } from "./create-object.ts";

const flags: readonly Flag[] = [...printFlags, ...writeFlags, saveConfigFlag, { name: "tcp", kind: "stringSlice" }];

/** `kubectl create service` (pkg/cmd/create/create_service.go). */
export const createService: Command = {
  name: "service",
  aliases: ["svc"],
  short: "Create a service using a specified subcommand",
  subcommands: [
    {
      name: "clusterip",
      short: "Create a ClusterIP service",
      flags: [...flags, { name: "clusterip", kind: "string" }],
      run: (run) => createOfType(run, "ClusterIP"),
    },
    {
      name: "externalname",
      short: "Create an ExternalName service",
      flags: [...flags, { name: "external-name", kind: "string", required: true }],
      run: (run) => createOfType(run, "ExternalName"),
    },
    {
      name: "loadbalancer",
      short: "Create a LoadBalancer service",
      flags,
      run: (run) => createOfType(run, "LoadBalancer"),
    },
    {
      name: "nodeport",
      short: "Create a NodePort service",
      flags: [...flags, { name: "node-port", kind: "int" }],
      run: (run) => createOfType(run, "NodePort"),
    },
  ],
};

function createOfType(run: CommandRun, type: string): void {
  const name = nameArgument(run);
  const path = `/api/v1/namespaces/${run.session.namespace}/services`;
  createNamed(run, () => serviceOf(run, name, type), path, `${type} service:`);
}

function serviceOf({ flags: given, session }: CommandRun, name: string, type: string): PlainObject {
  const clusterIP = given.text("clusterip");
  const externalName = given.text("external-name");
  if (clusterIP !== "None" && given.list("tcp").length === 0 && type !== "ExternalName") {
    throw failure("at least one tcp port specifier must be provided");
  }
  if (type === "ExternalName" && dnsSubdomain(externalName).length > 0) {
    throw failure(`invalid service external name ${externalName}`);
  }
  const nodePort = given.number("node-port");
  const ports = given.list("tcp").map((text) => portOf(text, nodePort));
  return {
    kind: "Service",
    apiVersion: "v1",
    metadata: {
      name,
      ...namespaceOf(session),
      labels: { app: name },
    },
    spec: {
      ...(ports.length === 0 ? {} : { ports }),
      selector: { app: name },
      ...(clusterIP === "" ? {} : { clusterIP }),
      type,
      ...(externalName === "" ? {} : { externalName }),
    },
    status: { loadBalancer: {} },
  };
}

/** `80:8080`: name, port and target as `--tcp` tells them. */
function portOf(text: string, nodePort: number): Plain {
  const [first = "", second] = text.split(":");
  const port = portNumber(first);
  const targetPort = second === undefined ? port : targetOf(second);
  return {
    name: text.replaceAll(":", "-"),
    protocol: "TCP",
    port,
    targetPort,
    ...(nodePort === 0 ? {} : { nodePort }),
  };
}

function portNumber(text: string): number {
  const fail = (why: string): Error => failure(`strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`);
  if (!/^\d+$/.test(text)) throw fail("invalid syntax");
  if (Number(text) > 65535) throw fail("value out of range");
  return Number(text);
}

function targetOf(text: string): number | string {
  if (/^[+-]?\d+$/.test(text)) {
    const port = Number(text);
    if (port < 1 || port > 65535) throw failure("must be between 1 and 65535, inclusive");
    return port;
  }
  const complaints = portName(text);
  if (complaints.length > 0) throw failure(complaints.join(","));
  return text;
}
