import { ParseError } from "@kubenetsim/core/runtime/errors";
import { traceToJson } from "@kubenetsim/network/format/json";
import type { Cluster } from "../../cluster/cluster.ts";
import { parseSource } from "../../connect/source.ts";
import { httpTraceToJson } from "../../http/print/http-trace-json.ts";
import {
  connectionOptions,
  inputOptions,
  knownNode,
  modeOption,
  readCluster,
  readFrom,
  readTo,
} from "../cluster-options.ts";
import type { Arguments, Command } from "../command.ts";
import { costModelOption, readCostModelOption } from "../cost-model-option.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { readTextFile } from "../input-files.ts";
import { asksForRequest, readRequest, requestOptions } from "../request-options.ts";
import type { Terminal } from "../terminal.ts";
import { requestText, type ShownText, traceText } from "../trace-text.ts";

export const trace: Command = {
  name: "trace",
  summary: "the way of a packet or a request, hop by hop, with what decided each step and what it cost",
  usage: "-f FILE… --from WHO --to WHERE",
  options: {
    ...inputOptions,
    ...connectionOptions,
    ...modeOption,
    ...requestOptions,
    ...costModelOption,
    node: {
      type: "string",
      value: "NAME",
      help: "the node by which an outside client comes in: the load balancer's choice and the client's router",
    },
    "iptables-save": {
      type: "string",
      multiple: true,
      value: "NODE=FILE",
      help: "let a node have the rules of a dump instead of all that kube-proxy wrote for IPv4, in whatever mode; may be given again",
    },
    verbose: { type: "boolean", short: "v", help: "every chain and rule, as iptables-save and nft print it" },
    json: { type: "boolean", help: "the trace as JSON" },
  },
  positionals: { least: 0, most: 0 },
  examples: [
    "kubenetsim trace -f examples/shop --from pod/shop/client --to http://web",
    "kubenetsim trace -f examples/shop --from external --to 192.168.10.12:30080 --mode ipvs",
    "kubenetsim trace -f shop.yaml --from external --to https://shop.test/cart -k --resolve shop.test:443:203.0.113.1",
  ],
  run: runTrace,
};

function runTrace(args: Arguments, terminal: Terminal): ExitCode {
  const from = readFrom(args);
  const entryNode = readEntryNode(args, from);
  const to = readTo(args);
  const lab = readCluster(args, terminal, entryNode === undefined ? {} : { entryNode });
  if (entryNode !== undefined) knownNode(entryNode, lab);
  for (const word of args.texts("iptables-save")) loadDump(word, lab, terminal);
  const source = parseSource(from);
  if (source.kind === "node") knownNode(source.name, lab);
  if (to.includes("://")) return traceRequest(args, terminal, lab, { from, to });
  if (asksForRequest(args)) {
    throw new ParseError(`a request needs a URL, and "${to}" is none`, {
      hint: "for example --to http://shop.test/cart",
    });
  }
  const traced = lab.trace({ from, to });
  if (args.flag("json")) terminal.out(`${JSON.stringify(traceToJson(traced), undefined, 2)}\n`);
  else terminal.out(traceText(traced, terminal, readShown(args, terminal)));
  return traced.disposition === "delivered" ? exitCode.ok : exitCode.notDelivered;
}

/** A URL is asked for. Where nothing but a Pod answers and nothing was asked of the request, the connection is all there is to tell. */
function traceRequest(
  args: Arguments,
  terminal: Terminal,
  lab: Cluster,
  { from, to }: { readonly from: string; readonly to: string },
): ExitCode {
  const traced = lab.request({ from, to, ...readRequest(args, terminal) });
  const { http } = traced;
  const isPlain =
    http === undefined || (http.steps.length === 0 && http.failure === undefined && http.tls === undefined);
  const shown = readShown(args, terminal);
  if (args.flag("json")) terminal.out(`${JSON.stringify(httpTraceToJson(traced), undefined, 2)}\n`);
  else if (isPlain && !asksForRequest(args)) terminal.out(traceText(traced, terminal, shown));
  else terminal.out(requestText(traced, terminal, shown));
  return http?.response === undefined || http.failure !== undefined ? exitCode.notDelivered : exitCode.ok;
}

function readShown(args: Arguments, terminal: Terminal): ShownText {
  const costModel = readCostModelOption(args, terminal);
  return { verbose: args.flag("verbose"), ...(costModel === undefined ? {} : { costModel }) };
}

/** @throws ParseError for an entry node of somebody who is inside. */
function readEntryNode(args: Arguments, from: string): string | undefined {
  const entryNode = args.text("node");
  if (entryNode !== undefined && parseSource(from).kind !== "external") {
    throw new ParseError("--node is the node by which a client from outside comes in", {
      hint: "leave it out, or use --from external",
    });
  }
  return entryNode;
}

/** `n1=dump.txt`: the rules in the file become node n1's. */
function loadDump(word: string, lab: Cluster, terminal: Terminal): void {
  const [name = "", file = ""] = word.split(/=(.*)/s);
  if (name === "" || file === "") {
    throw new ParseError(`--iptables-save takes NODE=FILE, not "${word}"`, { hint: "for example n1=iptables.txt" });
  }
  lab.node(knownNode(name, lab)).iptablesRestore(readTextFile(file, terminal), { source: file });
}
