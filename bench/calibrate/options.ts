import { parseArgs } from "node:util";
import { type BackendName, backendNames } from "./backends.ts";
import type { Effort } from "./run.ts";

/** With more than 1,000 endpoints kube-proxy leaves comments out, and rules without them cost less: no line goes through both. */
const long = {
  services: "1,10,100,1000,2500,5000,10000",
  endpoints: "1,10,100,300,900",
  batches: "31",
  packets: "250",
};
const short = { services: "1,10,1000,3000", endpoints: "1,100,400", batches: "11", packets: "150" };

export const usage = `usage: npm run calibrate -- [options]

Measures what this kernel takes for a rule, a draw, a bucket's entry and a real server, in network namespaces of its own, and writes
cost models for --cost-model. Needs root on Linux, a C compiler, and the programs of what it measures.

  --out FOLDER        where the models and all that was measured go (build/calibrate)
  --backends NAME,…   of ${backendNames.join(", ")}; all unless given
  --services N,…      Services of the rulesets (${long.services})
  --endpoints E,…     endpoints of the one Service of the others (${long.endpoints})
  --batches N         of packets to each target (${long.batches})
  --packets N         in a batch (${long.packets}): each is a flow of its own
  --short             less of all: half a minute, to see that it works (Services ${short.services}; endpoints ${short.endpoints};
                      ${short.batches} batches of ${short.packets} packets)
  --help              this text`;

export interface CalibrateOptions extends Effort {
  readonly out: string;
  readonly backends: readonly BackendName[];
  readonly services: readonly number[];
  readonly endpoints: readonly number[];
}

/** The address range of Services has room for these; more take minutes in each ruleset anyway. */
const servicesAtMost = 60_000;
const endpointsAtMost = 10_000;

/** The run that arguments ask for; undefined for `--help`. Throws an Error whose message says what is wrong with them. */
export function readOptions(args: readonly string[]): CalibrateOptions | undefined {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      out: { ...text, default: "build/calibrate" },
      backends: { ...text, default: backendNames.join(",") },
      services: text,
      endpoints: text,
      batches: text,
      packets: text,
      short: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const usual = values.short ? short : long;
  return {
    out: values.out,
    backends: readBackends(values.backends),
    services: readSizes("services", values.services ?? usual.services, servicesAtMost),
    endpoints: readSizes("endpoints", values.endpoints ?? usual.endpoints, endpointsAtMost),
    batches: readNumber("batches", values.batches ?? usual.batches, 3, 1000),
    packets: readNumber("packets", values.packets ?? usual.packets, 10, 10_000),
  };
}

function readBackends(text: string): readonly BackendName[] {
  const words = [...new Set(text.split(","))];
  const unknown = words.find((word) => !backendNames.some((name) => name === word));
  if (unknown === undefined) return words as BackendName[];
  throw new Error(`--backends must be of ${backendNames.join(", ")}, got ${JSON.stringify(unknown)}`);
}

/** Ascending, each once: a slope needs two. */
function readSizes(name: string, text: string, most: number): readonly number[] {
  const sizes = [...new Set(text.split(",").map((word) => readNumber(name, word, 1, most)))].sort((a, b) => a - b);
  if (sizes.length < 2) throw new Error(`--${name} must be two sizes or more, got ${JSON.stringify(text)}`);
  return sizes;
}

function readNumber(name: string, text: string, least: number, most: number): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= least && count <= most) return count;
  throw new Error(`--${name} must be whole numbers from ${least} to ${most}, got ${JSON.stringify(text)}`);
}
