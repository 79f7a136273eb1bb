import { chmodSync } from "node:fs";
import { resolve } from "node:path";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { Cluster } from "../../cluster/cluster.ts";
import { newNodes } from "../../cluster/new-node.ts";
import { inputOptions } from "../cluster-options.ts";
import type { Arguments, Command } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { readInputFiles } from "../input-files.ts";
import { requireWritable, writeTextFile } from "../output-file.ts";
import { reportProblem } from "../report-problem.ts";
import { type RunningServer, type ServeOptions, serveCluster } from "../serve/http-server.ts";
import { kubeconfigText } from "../serve/kubeconfig.ts";
import { nowSinceEpochMs } from "../serve/real-time.ts";
import type { Terminal } from "../terminal.ts";

export const serve: Command = {
  name: "serve",
  summary: "the cluster's API server over HTTP, for kubectl and client libraries, and its names over DNS",
  usage: "[--port N] [--dns-port N] [-f FILE…] [--kubeconfig FILE] [--host ADDRESS]",
  options: {
    file: inputOptions.file!,
    seed: inputOptions.seed!,
    port: { type: "string", value: "N", help: "where to listen; 0 for a port that is free (default: 8001)" },
    "dns-port": {
      type: "string",
      value: "N",
      help: "where to answer DNS, over UDP and TCP (default: a port that is free)",
    },
    host: {
      type: "string",
      value: "ADDRESS",
      help: "on which address to listen (default: 127.0.0.1, this machine only)",
    },
    kubeconfig: { type: "string", value: "FILE", help: "the kubeconfig to write (default: kubenetsim.kubeconfig)" },
  },
  positionals: { least: 0, most: 0 },
  examples: [
    "kubenetsim serve --dns-port 5300",
    "kubenetsim serve -f examples/shop --port 0 --kubeconfig shop.kubeconfig",
  ],
  run: runServe,
};

const defaults = { port: 8001, dnsPort: 0, host: "127.0.0.1", kubeconfig: "kubenetsim.kubeconfig" } as const;

function runServe(args: Arguments, terminal: Terminal): ExitCode {
  const options = {
    host: args.text("host") ?? defaults.host,
    port: readPort("port", args) ?? defaults.port,
    dnsPort: readPort("dns-port", args) ?? defaults.dnsPort,
  };
  const kubeconfig = args.text("kubeconfig") ?? defaults.kubeconfig;
  requireWritable(kubeconfig, terminal);
  const lab = newCluster(args, terminal);
  if (!isLoopback(options.host)) {
    terminal.err(`warning: who reaches ${options.host} may read and change everything: nobody is asked who they are\n`);
  }
  const report = (problem: unknown): void => terminal.err(reportProblem(problem).text);
  listen(lab, { ...options, report, log: (line) => terminal.out(`${line}\n`) }, kubeconfig, terminal);
  return exitCode.ok;
}

/** The objects of the files, or two nodes where there are none, at the time that it is now. */
function newCluster(args: Arguments, terminal: Terminal): Cluster {
  const files = args.texts("file");
  const seed = args.text("seed");
  const lab = Cluster.create(seed === undefined ? {} : { seed });
  lab.clock.advance(nowSinceEpochMs());
  const nodes = newNodes(["n1", "n2"]).map((node) => ({ source: "nodes", text: JSON.stringify(node) }));
  lab.applyAll(files.length > 0 ? readInputFiles(files, terminal) : nodes);
  return lab;
}

/** The process goes on until it is told to end. */
function listen(lab: Cluster, options: ServeOptions, kubeconfig: string, terminal: Terminal): void {
  serveCluster(lab, options).then(
    (server) => {
      writeTextFile(kubeconfig, kubeconfigText(server.url), terminal);
      const path = resolve(terminal.workingDirectory, kubeconfig);
      chmodSync(path, 0o600);
      endBySignal(server);
      const nodes = lab.list("Node").length;
      terminal.out(`the API server of ${nodes} ${nodes === 1 ? "node" : "nodes"} is at ${server.url}\n`);
      if (server.dns !== undefined)
        terminal.out(`DNS is at ${server.dns.address} port ${server.dns.port}, over UDP and TCP\n`);
      terminal.out(`export KUBECONFIG=${path}\n`);
    },
    (problem: ListenError) => {
      const { syscall, port = options.port } = problem;
      const said =
        syscall === undefined ? undefined : `cannot listen on ${options.host} port ${port}: ${reasonOf(problem)}`;
      terminal.err(said === undefined ? reportProblem(problem).text : `error: ${said}\n`);
      process.exitCode = exitCode.badInput;
    },
  );
}

function endBySignal(server: RunningServer): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server.close());
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there",
  EADDRNOTAVAIL: "this machine has no such address",
  EACCES: "permission denied",
  ENOTFOUND: "there is no such host",
};

/** `syscall` is missing where it was not the machine that refused. */
type ListenError = Error & { readonly code?: string; readonly syscall?: string; readonly port?: number };

function reasonOf({ code = "", message }: ListenError): string {
  return reasons[code] ?? message;
}

function readPort(option: string, args: Arguments): number | undefined {
  const text = args.text(option);
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new ParseError(`--${option} takes a number from 0 to 65535, not "${text}"`);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
