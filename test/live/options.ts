import { parseArgs } from "node:util";
import { readShard, type Shard } from "@kubenetsim/workers/shard";

export const usage = `usage: npm run conformance:live -- [options]

  --cases N          random cases per mode (100)
  --seed S           which of them (1)
  --mode MODE        iptables or nftables for kube-proxy, both when not given; ipvs-schedulers for a kernel's IPVS;
                     api for the API server; kubectl; serve for kube-proxy and CoreDNS before kubenetsim serve;
                     dns for CoreDNS; ingress for ingress-nginx
  --steps N          kube-proxy: changes after the first sync, at least (3)
  --services N       kube-proxy: Services at a time, at most (6)
  --kubectl PROGRAM  kubectl: the real one (kubectl)
  --kubeconfig FILE  kubectl: the way to a real API server, of which it makes and deletes namespaces and nodes
  --shard I/N        only part I of N of the cases, for another machine; npm run campaign -- --merge joins what --json wrote
  --json FILE        writes the differences to a file
  --no-shrink        leaves cases that differ as they are
  --help             this text`;

const modes = ["iptables", "nftables", "ipvs-schedulers", "api", "kubectl", "serve", "dns", "ingress"] as const;
export type Mode = (typeof modes)[number];

export interface LiveOptions {
  readonly modes: readonly Mode[];
  readonly cases: number;
  readonly seed: number;
  readonly steps: number;
  readonly services: number;
  readonly kubectl: string;
  readonly kubeconfig: string;
  readonly shard: Shard;
  readonly json: string | undefined;
  readonly shrinks: boolean;
}

/** The run that arguments ask for; undefined for `--help`. Throws an Error whose message says what is wrong with them. */
export function readOptions(args: readonly string[]): LiveOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cases: { type: "string", default: "100" },
      seed: { type: "string", default: "1" },
      mode: { type: "string" },
      steps: { type: "string", default: "3" },
      services: { type: "string", default: "6" },
      kubectl: { type: "string", default: "kubectl" },
      kubeconfig: { type: "string", default: "" },
      shard: { type: "string" },
      json: { type: "string" },
      "no-shrink": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    modes: values.mode === undefined ? ["iptables", "nftables"] : [readMode(values.mode)],
    cases: readCount("cases", values.cases, 1),
    seed: readCount("seed", values.seed, 0),
    steps: readCount("steps", values.steps, 1),
    services: readCount("services", values.services, 1),
    kubectl: values.kubectl,
    kubeconfig: values.kubeconfig,
    shard: readShard(values.shard),
    json: values.json,
    shrinks: !values["no-shrink"],
  };
}

function readMode(text: string): Mode {
  const mode = modes.find((one) => one === text);
  if (mode === undefined) throw new Error(`--mode must be ${modes.join(", ")}, got ${JSON.stringify(text)}`);
  return mode;
}

function readCount(name: string, text: string, least: number): number {
  const count = Number(text);
  if (/^\d{1,9}$/.test(text) && count >= least) return count;
  throw new Error(`--${name} must be a whole number from ${least} to 999999999, got ${JSON.stringify(text)}`);
}
