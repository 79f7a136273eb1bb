import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Libc } from "@kubenetsim/dns/resolver/resolution";
import { parseSource } from "../../connect/source.ts";
import type { UpstreamAnswer } from "../../dns/dns-options.ts";
import { lookupText, lookupToJson } from "../../dns/lookup-text.ts";
import type { LookupOptions, NameLookup } from "../../dns/name-lookup.ts";
import { connectionOptions, inputOptions, knownNode, modeOption, readCluster, readFrom } from "../cluster-options.ts";
import type { Arguments, Command } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import type { Terminal } from "../terminal.ts";
import { traceText } from "../trace-text.ts";

export const resolve: Command = {
  name: "resolve",
  summary: "what a name means there: every query, who answered, and why",
  usage: "-f FILE… --from WHO NAME",
  options: {
    ...inputOptions,
    from: connectionOptions.from,
    ...modeOption,
    libc: { type: "string", value: "LIBC", help: "whose resolver: glibc (the default) or musl" },
    ipv4: { type: "boolean", short: "4", help: "IPv4 addresses alone: no AAAA" },
    upstream: {
      type: "string",
      multiple: true,
      value: "NAME=ADDRESS",
      help: "a name that the name servers beyond the cluster know; may be given again",
    },
    verbose: { type: "boolean", short: "v", help: "the way of each query's packet too" },
    json: { type: "boolean", help: "as JSON" },
  },
  positionals: { least: 1, most: 1 },
  examples: [
    "kubenetsim resolve -f examples/shop --from pod/shop/client web",
    "kubenetsim resolve -f examples/shop --from pod/shop/client --libc musl --upstream www.example.com=93.184.216.34 www.example.com",
  ],
  run: runResolve,
};

function runResolve(args: Arguments, terminal: Terminal): ExitCode {
  const source = parseSource(readFrom(args));
  const options: LookupOptions = {
    libc: readLibc(args.text("libc")),
    ...(args.flag("ipv4") ? { families: ["IPv4"] as const } : {}),
  };
  const lab = readCluster(args, terminal, { dns: { upstream: readUpstream(args.texts("upstream")) } });
  if (source.kind === "node") knownNode(source.name, lab);
  const found = lab.resolve({ from: readFrom(args), name: args.positionals[0]!, ...options });
  if (args.flag("json")) terminal.out(`${JSON.stringify(lookupToJson(found), undefined, 2)}\n`);
  else terminal.out(`${lookupText(found)}${args.flag("verbose") ? waysText(found, terminal) : ""}`);
  return found.error === undefined ? exitCode.ok : exitCode.notDelivered;
}

function waysText({ queries }: NameLookup, terminal: Terminal): string {
  return queries
    .map(({ trace }) => (trace === undefined ? "" : `\n${traceText(trace, terminal, { verbose: true })}`))
    .join("");
}

function readLibc(text = "glibc"): Libc {
  if (text === "glibc" || text === "musl") return text;
  throw new ParseError(`--libc takes glibc or musl, not "${text}"`);
}

function readUpstream(words: readonly string[]): Record<string, UpstreamAnswer> {
  const table = new Map<string, string[]>();
  for (const word of words) {
    const [name = "", address = ""] = word.split(/=(.*)/s);
    if (name === "" || address === "") {
      throw new ParseError(`--upstream takes NAME=ADDRESS, not "${word}"`, {
        hint: "for example www.example.com=93.184.216.34",
      });
    }
    table.set(name, [...(table.get(name) ?? []), address]);
  }
  return Object.fromEntries(table);
}
