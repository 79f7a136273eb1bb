import { existsSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Cluster } from "../../cluster/cluster.ts";
import { comparisonChart, comparisonTable } from "../../compare/comparison-text.ts";
import { inputOptions, readCluster } from "../cluster-options.ts";
import type { Arguments, Command } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { requireWritable, writeTextFile } from "../output-file.ts";
import type { Terminal } from "../terminal.ts";
import { heading } from "../trace-colours.ts";
import { traceText } from "../trace-text.ts";
import { measureGrowth, usualSizes } from "./compare.ts";

export const tour: Command = {
  name: "tour",
  summary: "the shop of examples/: packets in iptables and ipvs mode, and what they cost as Services become many",
  usage: "[--svg FILE]",
  options: {
    seed: inputOptions.seed!,
    svg: { type: "string", value: "FILE", help: "where the plot goes (default: kubenetsim-growth.svg)" },
  },
  positionals: { least: 0, most: 0 },
  examples: ["kubenetsim tour"],
  run: runTour,
};

interface Stop {
  readonly title: string;
  readonly from: string;
  readonly to: string;
}

/** What the shop's own YAML fixes: the client Pod, the load balancer's address, the node port. */
const stops: readonly Stop[] = [
  { title: "A Pod calls a ClusterIP Service by its name", from: "pod/shop/client", to: "http://web" },
  { title: "A customer comes through the load balancer", from: "external", to: "http://203.0.113.10" },
  { title: "A customer comes through a NodePort of node n2", from: "external", to: "http://192.168.10.12:30080" },
];

function runTour(args: Arguments, terminal: Terminal): ExitCode {
  const svg = args.text("svg") ?? "kubenetsim-growth.svg";
  requireWritable(svg, terminal);
  const shop = readCluster(withShop(args, terminal), terminal);
  terminal.out(introduction(shop));
  for (const mode of ["iptables", "ipvs"] as const) {
    const lab = shop.fork({ proxyMode: mode });
    for (const { title, from, to } of stops) {
      terminal.out(`\n${heading(`${title} (${mode} mode)`, terminal)}\n`);
      terminal.out(`$ kubenetsim trace -f examples/shop --from ${from} --to ${to} --mode ${mode}\n\n`);
      terminal.out(traceText(lab.trace({ from, to }), terminal));
    }
  }
  terminal.out(`\n${heading("What a new connection costs as Services become many", terminal)}\n`);
  terminal.out("$ kubenetsim compare -f examples/shop\n\n");
  const rows = measureGrowth(shop, usualSizes, terminal);
  terminal.out(comparisonTable(rows));
  const path = writeTextFile(svg, comparisonChart(rows, shop.seed), terminal);
  terminal.out(`plot: ${path}\n`);
  return exitCode.ok;
}

function introduction(shop: Cluster): string {
  const count = (kind: "Node" | "Pod" | "Service"): number => shop.list(kind).length;
  return `examples/shop: ${count("Node")} nodes, ${count("Pod")} Pods, ${count("Service")} Services, seed ${JSON.stringify(shop.seed)}\n`;
}

/** The arguments as if the shop had been given by -f. */
function withShop(args: Arguments, terminal: Terminal): Arguments {
  const path = fileURLToPath(new URL("../../../../../examples/shop/cluster.yaml", import.meta.url));
  if (!existsSync(path)) {
    throw new ParseError("the shop of the repository's examples/ folder is not here", {
      hint: "clone the repository and run npm start, or use trace and compare with files of your own",
    });
  }
  const name = relative(terminal.workingDirectory, path) || path;
  return {
    ...args,
    text: args.text,
    flag: args.flag,
    texts: (option) => (option === "file" ? [name] : args.texts(option)),
  };
}
