import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { ProxyMode } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { LoadBalancerOption } from "../cloud/declared-balancers.ts";
import { Cluster } from "../cluster/cluster.ts";
import type { ClusterOptions } from "../cluster/cluster-options.ts";
import { InputDocuments } from "../cluster/input-documents.ts";
import { modelledModes } from "../dataplane/modelled-config.ts";
import { formatWarning } from "../warnings/warning.ts";
import type { Arguments, Option } from "./command.ts";
import { readInputFiles, readTextFile } from "./input-files.ts";
import { Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** Options that every command on a cluster takes. */
export const inputOptions: Readonly<Record<string, Option>> = {
  file: {
    type: "string",
    multiple: true,
    short: "f",
    value: "FILE",
    help: "YAML or JSON: a file, a folder with such files, or - for standard input; may be given again",
  },
  change: {
    type: "string",
    multiple: true,
    value: "FILE",
    help: "applied when all before it has settled; may be given again",
  },
  restart: { type: "boolean", help: "kube-proxy restarts on all nodes after that, and takes its configuration anew" },
  "load-balancers": {
    type: "string",
    value: "FILE",
    help: 'JSON: a list of load balancers in front of nodes, [{"name","addresses","listeners":[{"port","targets":{"nodes","port"}}]}]',
  },
  seed: { type: "string", value: "TEXT", help: "everything random follows from it (default: kubenetsim)" },
};

export const modeOption: Readonly<Record<string, Option>> = {
  mode: {
    type: "string",
    value: "MODE",
    help: "iptables, ipvs, nftables, or userspace, which Kubernetes had until 1.25; else what the input's configuration says, else iptables",
  },
};

/** Options of the commands that follow a connection. */
export const connectionOptions: Readonly<Record<"from" | "to", Option>> = {
  from: { type: "string", value: "WHO", help: "pod/NAMESPACE/NAME, node/NAME, external or external:IP" },
  to: {
    type: "string",
    value: "WHERE",
    help: "a URL (http://web.shop), IP:PORT (10.96.0.10:53/udp) or svc/NAMESPACE/NAME:PORT",
  },
};

/** @throws ParseError without `--from` */
export function readFrom(args: Arguments): string {
  return required(args, "from", "from where?");
}

/** @throws ParseError without `--to` */
export function readTo(args: Arguments): string {
  return required(args, "to", "where to?");
}

function required(args: Arguments, name: "from" | "to", question: string): string {
  const text = args.text(name);
  if (text === undefined) throw new ParseError(question, { hint: `give --${name} ${connectionOptions[name].help}` });
  return text;
}

/** The cluster of the files named by `-f`, settled, and after the changes that come then. Its warnings go to standard error. */
export function readCluster(args: Arguments, terminal: Terminal, options: ClusterOptions = {}): Cluster {
  const progress = new Progress(terminal);
  const mode = readMode(args.text("mode"));
  const seed = args.text("seed");
  const loadBalancers = readLoadBalancers(args.text("load-balancers"), terminal);
  const lab = Cluster.create({
    ...options,
    ...(loadBalancers === undefined ? {} : { loadBalancers }),
    ...(mode === undefined ? {} : { proxyMode: mode }),
    ...(seed === undefined ? {} : { seed }),
  });
  try {
    const files = readInputFiles(args.texts("file"), terminal);
    progress.step(`applying ${files.length} ${files.length === 1 ? "file" : "files"}`);
    const { revision } = lab.state;
    lab.applyAll(files);
    if (lab.state.revision === revision && new InputDocuments(files)[Symbol.iterator]().next().done === true) {
      throw new ParseError(`no objects in ${files.map(({ source }) => source).join(", ")}`);
    }
    progress.step("letting the controllers work");
    lab.settle();
    for (const change of args.texts("change")) {
      progress.step(`applying ${change}`);
      lab.applyAll(readInputFiles([change], terminal));
      lab.settle();
    }
    if (args.flag("restart")) lab.restartKubeProxy();
  } finally {
    progress.end();
  }
  for (const warning of lab.warnings) terminal.err(`warning: ${formatWarning(warning)}\n`);
  return lab;
}

/** What it says is checked with the other options. @throws ParseError for what is no JSON */
function readLoadBalancers(path: string | undefined, terminal: Terminal): readonly LoadBalancerOption[] | undefined {
  if (path === undefined) return undefined;
  const text = readTextFile(path, terminal);
  try {
    return JSON.parse(text) as readonly LoadBalancerOption[];
  } catch (reason) {
    throw new ParseError(`${path} is no JSON: ${reason instanceof Error ? reason.message : reason}`, {
      hint: 'for example [{"name": "public", "addresses": ["203.0.113.80"], "listeners": [{"port": 80, "targets": {"nodes": ["n1"], "port": 80}}]}]',
    });
  }
}

/** @throws ParseError with the mode that was probably meant. */
export function readMode(text: string | undefined): ProxyMode | undefined {
  if (text === undefined) return undefined;
  const mode = modelledModes.find((candidate) => candidate === text);
  if (mode !== undefined) return mode;
  const meant = nearestWord(text, modelledModes);
  throw new ParseError(`--mode takes ${listed(modelledModes)}, not "${text}"`, {
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
  });
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** The node to look at: the one that is named, else the only one. @throws ParseError */
export function readNode(args: Arguments, lab: Cluster): string {
  const names = lab.list("Node").map((node) => node.metadata.name);
  const named = args.text("node");
  if (named === undefined) {
    if (names.length === 1) return names[0]!;
    throw new ParseError("which node?", {
      hint: names.length === 0 ? "the input has no Node" : `give --node: ${names.join(", ")}`,
    });
  }
  return knownNode(named, lab);
}

/** @throws ParseError with the node that was probably meant. */
export function knownNode(named: string, lab: Cluster): string {
  const names = lab.list("Node").map((node) => node.metadata.name);
  if (names.includes(named)) return named;
  const meant = nearestWord(named, names);
  throw new ParseError(`there is no Node ${named}`, {
    hint: meant === undefined ? `the nodes are ${names.join(", ")}` : `did you mean ${meant}?`,
  });
}
