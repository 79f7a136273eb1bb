import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { ClusterOptions } from "./cluster-options.ts";

const cnis: readonly string[] = ["bridge", "ptp"];

/** Tells of options whose types are others than TypeScript would have. @throws ParseError */
export function checkOptionTypes(options: ClusterOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new ParseError(`the options of a cluster are an object, not ${JSON.stringify(options)}`, {
      hint: 'for example { nodes: ["n1", "n2"] }',
    });
  }
  checkNodes(options.nodes);
  checkCni(options.cni);
  checkKubeadm(options);
  for (const name of ["seed", "entryNode"] as const) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== "string") {
      throw new ParseError(`${name}: must be a string, not ${JSON.stringify(value)}`);
    }
  }
}

function checkNodes(nodes: unknown): void {
  const isName = (node: unknown): boolean => typeof node === "string";
  const isWhole = (node: unknown): boolean =>
    typeof node === "object" && isName((node as { name?: unknown } | null)?.name);
  if (nodes === undefined || (Array.isArray(nodes) && nodes.every((node) => isName(node) || isWhole(node)))) return;
  throw new ParseError(`nodes: must be a list of names or of objects with a name, not ${JSON.stringify(nodes)}`, {
    hint: 'for example ["n1", "n2"]',
  });
}

function checkKubeadm({ kubeadm, kubeProxy }: ClusterOptions): void {
  if (kubeadm !== undefined && typeof kubeadm !== "boolean") {
    throw new ParseError(`kubeadm: must be true or false, not ${JSON.stringify(kubeadm)}`);
  }
  if (kubeadm !== true || kubeProxy === undefined) return;
  throw new ParseError("kubeadm keeps kube-proxy's configuration in a ConfigMap: give no option kubeProxy with it", {
    hint: "change the ConfigMap kube-system/kube-proxy, or give proxyMode",
  });
}

function checkCni(cni: unknown): void {
  if (cni === undefined || cnis.includes(cni as string)) return;
  const meant = typeof cni === "string" ? nearestWord(cni, cnis) : undefined;
  throw new ParseError(`cni: must be ${cnis.join(" or ")}, not ${JSON.stringify(cni)}`, {
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
  });
}
