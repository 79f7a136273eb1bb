import { CommandError, failure } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import type { PathNode } from "../../output/jsonpath/node.ts";
import { PathError, parsePath } from "../../output/jsonpath/parse-path.ts";
import { findResourceTypes, groupVersionResource, type ResourceType } from "../../resources/resource-type.ts";
import type { Session } from "../../session.ts";
import type { Command, CommandRun } from "../command.ts";
import { explainText } from "./explain-text.ts";
import type { GroupVersionKind, OpenApiDocument } from "./schema.ts";

const flags: readonly Flag[] = [
  { name: "api-version", kind: "string" },
  { name: "max-depth", kind: "int", initial: "0" },
  { name: "output", short: "o", kind: "string", initial: "plaintext" },
  { name: "recursive", short: "R", kind: "bool" },
];

/** `kubectl explain` (pkg/cmd/explain/explain.go): from the OpenAPI documents of the server. */
export const explain: Command = { name: "explain", short: "Get documentation for a resource", flags, run };

function run(call: CommandRun): void {
  const { args, flags: given, session } = call;
  if (args.length === 0) {
    throw failure(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.',
    );
  }
  if (args.length > 1) throw failure("We accept only this format: explain RESOURCE");
  const maxDepth = given.number("max-depth");
  const recursive = given.flag("recursive");
  if (maxDepth > 0 && !recursive) throw failure("--max-depth requires --recursive");
  if (maxDepth < 0) throw failure("--max-depth must be non-negative");
  const { type, fields } = readRequest(args[0]!, given.text("api-version") === "");
  const format = given.text("output");
  if (format === "plaintext-openapiv2") throw failure("-o plaintext-openapiv2 is not modelled; known is: plaintext");
  const asked = inVersion(type, given.text("api-version"));
  const document = documentOf(asked, session);
  if (format !== "plaintext") throw failure(`unrecognized format: ${format}`);
  const kind = kindOf(asked, document);
  session.write(`${kind.group === "" ? "" : `GROUP:      ${kind.group}\n`}KIND:       ${kind.kind}\n`);
  session.write(`VERSION:    ${kind.version}\n\n`);
  const text = explainText(kind, fields, document, { recursive, maxDepth });
  if (text === undefined) throw failure(`field ${JSON.stringify(fields.at(-1))} does not exist`);
  session.write(`${text}\n`);
}

interface Request {
  readonly type: ResourceType;
  readonly fields: readonly string[];
}

/** `svc.spec.ports`; the group may stand behind the plural: `deployments.apps.spec`. */
function readRequest(text: string, withGroup: boolean): Request {
  const [first, ...rest] = nodesOf(text);
  const [word] = fieldNames(first === undefined ? [] : [first], "first node");
  const type = findResourceTypes(word ?? "")[0];
  if (type === undefined) throw new CommandError(`the server doesn't have a resource type ${JSON.stringify(word)}`);
  const { resource } = type.info;
  if (!withGroup) return { type, fields: fieldNames(rest, "all nodes") };
  if (!text.startsWith(resource)) return { type, fields: fieldNames(rest, "first node") };
  const below = text.slice(resource.length);
  return { type, fields: below === "" ? [] : fieldNames(nodesOf(below).slice(1), "first node") };
}

function nodesOf(text: string): readonly PathNode[] {
  return parsed(`{.${text.replace(/\.$/, "")}}`);
}

function fieldNames(nodes: readonly PathNode[], which: string): string[] {
  return nodes.map((node) => {
    if (node.kind === "field") return node.name;
    throw failure(`invalid jsonpath syntax, ${which} must be field node${which === "all nodes" ? "s" : ""}`);
  });
}

function parsed(template: string): readonly PathNode[] {
  try {
    const { nodes } = parsePath(template);
    if (nodes.length !== 1) throw failure("must pass in 1 jsonpath string");
    return (nodes[0] as PathNode & { readonly kind: "list" }).nodes;
  } catch (reason) {
    throw reason instanceof PathError ? failure(reason.message) : reason;
  }
}

/** The resource in the version that is asked for, whether it is there or not. */
function inVersion(type: ResourceType, apiVersion: string): ResourceType {
  if (apiVersion === "") return type;
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  return { ...type, info: { ...type.info, group: group!, version: version! } };
}

function documentOf(type: ResourceType, session: Session): OpenApiDocument {
  const { group, version } = type.info;
  const { paths } = session.client.document("/openapi/v3") as unknown as {
    paths: Readonly<Record<string, { readonly serverRelativeURL: string }>>;
  };
  const found = paths[group === "" ? `api/${version}` : `apis/${group}/${version}`];
  if (found === undefined) throw failure(`couldn't find resource for "${groupVersionResource(type)}"`);
  const [path = "", query = ""] = found.serverRelativeURL.split("?");
  const document = session.client.document(path, { hash: query.replace(/^hash=/, "") });
  return document as unknown as OpenApiDocument;
}

/** The kind that the paths of a resource tell of. */
function kindOf(type: ResourceType, { paths }: OpenApiDocument): GroupVersionKind {
  const { group, version, plural } = type.info;
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  for (const middle of ["", "/namespaces/{namespace}"]) {
    for (const end of ["", "/{name}"]) {
      const methods = paths[`${root}${middle}/${plural}${end}`] ?? {};
      for (const method of ["get", "post", "put", "patch", "delete"]) {
        const kind = methods[method]?.["x-kubernetes-group-version-kind"];
        if (kind !== undefined) return kind as unknown as GroupVersionKind;
      }
    }
  }
  throw failure(`GVR (${groupVersionResource(type)}) not found in OpenAPI schema`);
}
