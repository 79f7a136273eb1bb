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
  checkControllers(options.ingressControllers);
  checkHttp(options.http);
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

function checkControllers(given: unknown): void {
  if (given === undefined) return;
  const isDefinition = (each: unknown): boolean => {
    const { name, runs, start } = (each ?? {}) as { readonly [field: string]: unknown };
    return typeof name === "string" && typeof runs === "function" && typeof start === "function";
  };
  if (Array.isArray(given) && given.every(isDefinition)) return;
  throw new ParseError("ingressControllers: must be a list of objects with a name, runs() and start()", {
    hint: 'for example [{ name: "mine", runs: (image) => image === "mine", start: (process) => new Mine(process) }]',
  });
}

function checkHttp(given: unknown): void {
  if (given === undefined) return;
  const hint = { hint: "for example { answer: (pod, request) => ({ status: 200 }) }" };
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new ParseError("http: must be an object with a function answer", hint);
  }
  for (const [name, value] of Object.entries(given)) {
    if (name !== "answer") throw new ParseError(`http has no ${JSON.stringify(name)}`, hint);
    if (value !== undefined && typeof value !== "function")
      throw new ParseError("http.answer: must be a function", hint);
  }
}
