import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Cluster } from "../../cluster/cluster.ts";
import { compareIngressControllers } from "../../compare/compare-ingress-controllers.ts";
import { compareModes, type ModeComparison } from "../../compare/compare-modes.ts";
import { comparisonChart, comparisonTable } from "../../compare/comparison-text.ts";
import { ingressComparisonText } from "../../compare/ingress-comparison-text.ts";
import { inputOptions, readCluster } from "../cluster-options.ts";
import type { Arguments, Command } from "../command.ts";
import { costModelOption, readCostModelOption } from "../cost-model-option.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { requireWritable, writeTextFile } from "../output-file.ts";
import { Progress } from "../progress.ts";
import type { Terminal } from "../terminal.ts";

export const compare: Command = {
  name: "compare",
  summary:
    "what a new connection costs in kube-proxy's modes as Services become many, or where requests go under another controller",
  usage: "-f FILE… [--services N,N,… | --ingress NAME,NAME] [--svg FILE]",
  options: {
    ...inputOptions,
    services: { type: "string", value: "N,N,…", help: "how many Services to add (default: 1,10,100,1000,10000,50000)" },
    userspace: { type: "boolean", help: "also userspace mode, as Kubernetes had it until 1.25 (up to 28000 Services)" },
    ingress: {
      type: "string",
      value: "NAME,NAME",
      help: "the same Ingresses under two controllers: ingress-nginx,traefik",
    },
    svg: { type: "string", value: "FILE", help: "write the plot to this file" },
    ...costModelOption,
    json: { type: "boolean", help: "the counts as JSON" },
  },
  positionals: { least: 0, most: 0 },
  examples: [
    "kubenetsim compare -f examples/shop --services 1,100,10000 --svg growth.svg",
    "kubenetsim compare -f examples/course/ingress.yaml --ingress ingress-nginx,traefik",
  ],
  run: runCompare,
};

export const usualSizes: readonly number[] = [1, 10, 100, 1000, 10_000, 50_000];
const mostServices = 200_000;
/** Each takes one of the 28,232 local ports of a node. */
const mostWithUserspace = 28_000;

function runCompare(args: Arguments, terminal: Terminal): ExitCode {
  const controllers = args.text("ingress");
  if (controllers !== undefined) return compareControllers(controllers, args, terminal);
  const sizes = readSizes(args.text("services"), args.flag("userspace"));
  const model = readCostModelOption(args, terminal);
  const svg = args.text("svg");
  if (svg !== undefined) requireWritable(svg, terminal);
  const lab = readCluster(args, terminal);
  const rows = measureGrowth(lab, sizes, terminal, args.flag("userspace"));
  terminal.out(args.flag("json") ? `${JSON.stringify(rows, undefined, 2)}\n` : comparisonTable(rows, model));
  if (svg !== undefined) {
    const path = writeTextFile(svg, comparisonChart(rows, lab.seed), terminal);
    if (!args.flag("json")) terminal.out(`plot: ${path}\n`);
  }
  return exitCode.ok;
}

function compareControllers(names: string, args: Arguments, terminal: Terminal): ExitCode {
  const [from, to, ...more] = names.split(",").map((each) => each.trim());
  if (!isController(from) || !isController(to) || more.length > 0) {
    throw new ParseError(`--ingress takes two of ${controllerNames.join(", ")}, not "${names}"`, {
      hint: "for example --ingress ingress-nginx,traefik",
    });
  }
  const comparison = compareIngressControllers(readCluster(args, terminal).state, { from, to });
  terminal.out(args.flag("json") ? `${JSON.stringify(comparison, undefined, 2)}\n` : ingressComparisonText(comparison));
  return exitCode.ok;
}

const controllerNames = ["ingress-nginx", "traefik"] as const;

function isController(name: string | undefined): name is (typeof controllerNames)[number] {
  return controllerNames.some((each) => each === name);
}

/** The comparison, with progress. */
export function measureGrowth(
  lab: Cluster,
  sizes: readonly number[],
  terminal: Terminal,
  withUserspace = false,
): ModeComparison[] {
  lab.requireModelled("ipvs");
  const progress = new Progress(terminal);
  try {
    return compareModes(lab.state, sizes, {
      config: lab.proxyConfig,
      seed: lab.seed,
      withUserspace,
      onStep: (services, mode) => progress.step(`${services} Services in ${mode} mode`),
    });
  } finally {
    progress.end();
  }
}

function readSizes(text: string | undefined, withUserspace: boolean): readonly number[] {
  const most = withUserspace ? mostWithUserspace : mostServices;
  if (text === undefined) return usualSizes.filter((size) => size <= most);
  const sizes = text.split(",").map((word) => (/^\d+$/.test(word.trim()) ? Number(word) : 0));
  if (sizes.some((size) => size < 1 || size > most)) {
    throw new ParseError(
      `--services takes numbers from 1 to ${most}${withUserspace ? " with --userspace" : ""}, not "${text}"`,
      {
        hint: "for example --services 1,10,100,1000",
      },
    );
  }
  return [...new Set(sizes)].sort((a, b) => a - b);
}
