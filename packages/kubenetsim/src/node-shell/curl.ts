import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { outcomeOf } from "@kubenetsim/core/trace/disposition";
import type { Trace } from "@kubenetsim/core/trace/trace";
import type { CommandResult } from "@kubenetsim/kubectl";
import type { NameSystem } from "../dns/programs/name-system.ts";
import { failed, type Program, printed } from "../shell/program.ts";
import { readOptions } from "../shell/programs/read-options.ts";

/** What curl finds where it runs: on a node or in a Pod. */
export interface CurlSystem {
  names(): NameSystem;
  connect(destination: string): Trace;
  /** What kube-proxy's own HTTP servers answer there, as `curl -i` prints it; undefined where none listens. */
  healthAnswer(port: number, path: string): string | undefined;
}

/** How long connect(2) tries with net.ipv4.tcp_syn_retries = 6, in ms. */
const connectTimeoutMs = 127_000;

/**
 * `curl http://ADDRESS:PORT/path` of curl 7.88. What kube-proxy's own servers answer is printed; of a Pod's answer
 * nothing is modelled but that it comes, so that a line tells who took the connection.
 */
export function curl(system: CurlSystem): Program {
  return (args) => {
    const options = readOptions(args, {
      program: "curl",
      flags: "sSikg",
      values: "mT",
      long: { silent: "s", "show-error": "S", include: "i", "max-time": "m", "connect-timeout": "T", insecure: "k" },
    });
    const [url, ...more] = options.operands;
    if (url === undefined) return failed("curl: try 'curl --help' or 'curl --manual' for more information", 2);
    if (more.length > 0) throw new UnsupportedError("curl of several addresses", "it takes one");
    const { host: called, port, path } = readUrl(url);
    const limit = options.value("m") ?? options.value("T");
    const address = called === "localhost" ? "127.0.0.1" : system.names().resolve(called).addresses[0];
    if (address === undefined)
      return failed(options.has("s") && !options.has("S") ? "" : `curl: (6) Could not resolve host: ${called}`, 6);
    const trace = system.connect(`${joinHostPort(address, port)}/tcp`);
    const answer = trace.receiver?.startsWith("kube-proxy ") ? system.healthAnswer(port, path) : undefined;
    const result = resultOf(trace, { host: called, port, limit, answer, showsHead: options.has("i") });
    return options.has("s") && !options.has("S") ? { ...result, stderr: "" } : result;
  };
}

interface Called {
  readonly host: string;
  readonly port: number;
  readonly limit: string | undefined;
  readonly answer: string | undefined;
  readonly showsHead: boolean;
}

function resultOf(trace: Trace, { host, port, limit, answer, showsHead }: Called): CommandResult {
  switch (outcomeOf(trace.disposition)) {
    case "ok":
      if (answer !== undefined) return printed(showsHead ? answer : answer.slice(answer.indexOf("\n\n") + 2));
      return printed(
        `[${trace.receiver} took it on ${trace.received?.destinationPort}/tcp; its answer is not modelled]\n`,
      );
    case "refused":
      return failed(`curl: (7) Failed to connect to ${host} port ${port} after 0 ms: Couldn't connect to server`, 7);
    case "timeout": {
      const seconds = Number(limit);
      const text =
        limit === undefined
          ? `Failed to connect to ${host} port ${port} after ${connectTimeoutMs} ms: Couldn't connect to server`
          : `Connection timed out after ${Math.round(seconds * 1000)} milliseconds`;
      return failed(`curl: (28) ${text}`, 28);
    }
    default:
      return failed("curl: (52) Empty reply from server", 52);
  }
}

function readUrl(url: string): {
  readonly host: string;
  readonly port: number;
  readonly path: string;
} {
  const match = /^(?:(https?):\/\/)?(\[[^\]]+\]|[^:/?#[\]]+)(?::(\d{1,5}))?([/?#].*)?$/.exec(url);
  if (match === null)
    throw new UnsupportedError(`the address ${JSON.stringify(url)}`, "curl takes http://ADDRESS:PORT/path");
  const [, scheme = "http", host = "", port, path = "/"] = match;
  const plain = host.replace(/^\[|\]$/g, "");
  const number = port === undefined ? (scheme === "https" ? 443 : 80) : Number(port);
  return { host: plain, port: number, path };
}
