import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { setField } from "@kubenetsim/core/apiserver/own-field";
import { parseInt64 } from "@kubenetsim/core/model/label-selector";
import { failure } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { printFlags, saveConfigFlag, writeFlags } from "../../flags/global-flags.ts";
import type { Command, CommandRun } from "../command.ts";
import { createNamed, nameArgument, namespaceOf } from "./create-object.ts";

const flags: readonly Flag[] = [
  ...printFlags,
  ...writeFlags,
  saveConfigFlag,
  { name: "annotation", kind: "stringArray" },
  { name: "class", kind: "string" },
  { name: "default-backend", kind: "string" },
  { name: "rule", kind: "stringArray" },
];

/** `kubectl create ingress` (pkg/cmd/create/create_ingress.go). */
export const createIngress: Command = {
  name: "ingress",
  aliases: ["ing"],
  short: "Create an ingress with the specified name",
  flags,
  run,
};

/** `host/path=service:port`, and `,tls` or `,tls=secret` behind it. */
const ruleShape = /^[\w*.-]*\/.*=[\w-]+:[\w-]+(?:,tls=?[\w-]*)?/;

function run(call: CommandRun): void {
  const name = nameArgument(call);
  const path = `/apis/networking.k8s.io/v1/namespaces/${call.session.namespace}/ingresses`;
  createNamed(call, () => ingressOf(call, name), path, "ingress:");
}

function ingressOf({ flags: given, session }: CommandRun, name: string): PlainObject {
  const rules = given.list("rule");
  const backend = given.text("default-backend");
  checkRules(rules, backend);
  const annotations = readAnnotations(given.list("annotation"));
  if (backend !== "" && backend.split(":").length !== 2) {
    throw failure("default-backend should be in format servicename:serviceport");
  }
  const className = given.text("class");
  const tls = tlsOf(rules);
  return {
    kind: "Ingress",
    apiVersion: "networking.k8s.io/v1",
    metadata: { name, ...namespaceOf(session), ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: {
      ...(className === "" ? {} : { ingressClassName: className }),
      ...(backend === "" ? {} : { defaultBackend: backendOf(backend) }),
      ...(tls.length === 0 ? {} : { tls }),
      ...(rules.length === 0 ? {} : { rules: rulesOf(rules) }),
    },
    status: { loadBalancer: {} },
  };
}

function checkRules(rules: readonly string[], backend: string): void {
  if (backend === "" && rules.length === 0) {
    throw failure(
      "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)",
    );
  }
  const wrong = rules.find((rule) => !ruleShape.test(rule));
  if (wrong !== undefined) {
    throw failure(`rule ${wrong} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  }
}

function readAnnotations(texts: readonly string[]): Record<string, string> {
  const annotations: Record<string, string> = {};
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 0) throw failure(`annotation ${text} is invalid and should be in format key=[value]`);
    setField(annotations, text.slice(0, at), text.slice(at + 1));
  }
  return annotations;
}

/** Hosts of one secret stand together; a host counts once. */
function tlsOf(rules: readonly string[]): PlainObject[] {
  const seen = new Set<string>();
  const entries: { hosts?: string[]; secretName?: string }[] = [];
  for (const rule of rules) {
    const [place = "", tls, ...others] = rule.split(",");
    if (tls === undefined || others.length > 0) continue;
    const host = place.split("/", 1)[0]!;
    const secret = tls.split("=")[1] ?? "";
    if (seen.has(host)) continue;
    seen.add(host);
    const known = entries.find(({ secretName = "" }) => secretName === secret);
    if (known !== undefined) known.hosts = [...(known.hosts ?? []), host];
    else if (host !== "" || secret !== "") {
      entries.push({ ...(host === "" ? {} : { hosts: [host] }), ...(secret === "" ? {} : { secretName: secret }) });
    }
  }
  return entries as PlainObject[];
}

/** Paths of one host stand together. */
function rulesOf(rules: readonly string[]): Plain {
  const byHost = new Map<string, Plain[]>();
  for (const rule of rules) {
    const place = rule.split(",", 1)[0]!;
    const slash = place.indexOf("/");
    const host = place.slice(0, slash);
    const paths = byHost.get(host);
    const path = pathOf(place.slice(slash + 1));
    if (paths === undefined) byHost.set(host, [path]);
    else paths.push(path);
  }
  return [...byHost].map(([host, paths]) => ({ ...(host === "" ? {} : { host }), http: { paths } }));
}

function pathOf(text: string): PlainObject {
  const [given = "", service = ""] = text.split("=");
  const path = `/${given}`;
  const isPrefix = path.endsWith("*");
  return {
    path: isPrefix ? path.slice(0, -1) : path,
    pathType: isPrefix ? "Prefix" : "Exact",
    backend: backendOf(service),
  };
}

function backendOf(text: string): PlainObject {
  const [name = "", port = ""] = text.split(":");
  return { service: { name, port: portOf(port) } };
}

/** What strconv.Atoi reads is a number, of 32 bits in the end; zeros and empty names are left out of Go's objects. */
function portOf(text: string): PlainObject {
  if (parseInt64(text) === undefined) return text === "" ? {} : { name: text };
  const number = Number(BigInt.asIntN(32, parseInt64(text)!));
  return number === 0 ? {} : { number };
}
