import { seededRandom } from "@kubenetsim/core/runtime/random";
import { createIngress, showIngress } from "./ingress-commands.ts";

/** Commands that are typed one after another before the objects of `setup`. */
export interface CommandSequence {
  /** Objects as JSON documents, made without kubectl. */
  readonly setup: readonly object[];
  /** Each one's words, without `kubectl`. */
  readonly commands: readonly (readonly string[])[];
}

type Pick = <T>(choices: readonly T[]) => T;

/** Stands for a namespace of its own; so do the nodes' names. */
export const place = "plaza";

const nodes = [`${place}-a`, `${place}-b`];

/** Some commands that change and show things; the same for the same seed. */
export function randomCommands(seed: number): CommandSequence {
  const random = seededRandom(`kubectl/${seed}`);
  const pick: Pick = (choices) => choices[random.below(choices.length)]!;
  const count = 4 + random.below(9);
  const commands = Array.from({ length: count }, () => [...pick(makers)(pick), "-n", place]);
  return { setup: setupOf(), commands };
}

/** The nodes take no Pods: before the real API server there is no kubelet. */
function setupOf(): object[] {
  const taints = [{ key: "kubelet", value: "none", effect: "NoSchedule" }];
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: place } },
    ...nodes.map((name) => ({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name, labels: { run: place } },
      spec: { taints },
    })),
  ];
}

const names = ["web", "api", "db", "web", "api"];
const types = ["svc", "cm", "deploy", "secret", "ing", "service", "configmaps", "deployments.apps", "pods", "po"];
const labels = ["tier=front", "tier=back", "app=web", "rank=1", "tier-", "app-", "empty=", "a.b/c=d", "rank=2"];
const wrongLabels = ["tier", "a=b=c", "=x", "bad!=y", "k=v v", "-", "x/y/z=1", `long=${"v".repeat(64)}`];
const selectors = ["tier=front", "app=web", "tier in (front,back)", "!tier", "tier notin (front)", "rank", "a in"];

type Maker = (pick: Pick) => string[];

const dryRun = (pick: Pick): string[] =>
  pick([[], [], [], ["--dry-run=client"], ["--dry-run=server"], ["--dry-run=x"], ["--dry-run"]]);
const output = (pick: Pick): string[] =>
  pick([[], [], [], ["-o", "name"], ["-o", "yaml"], ["-o", "json"], ["-o", "foo"]]);
const target = (pick: Pick): string[] => {
  const type = pick(types);
  return pick([
    [type, pick(names)],
    [type, pick(names)],
    [`${type}/${pick(names)}`],
    [`${type}/${pick(names)}`, `${pick(types)}/${pick(names)}`],
    [type, pick(names), pick(names)],
    [type, "-l", pick(selectors)],
    [type, "--all"],
    [`${type},${pick(types)}`, pick(names)],
    [type],
    [pick(["nosuch", "svc,nosuch", "foo.bar", "all"]), pick(names)],
  ]);
};
const some = (pick: Pick, choices: readonly string[]): string[] =>
  pick([[pick(choices)], [pick(choices)], [pick(choices), pick(choices)], []]);

const makers: readonly Maker[] = [
  (pick) => [
    "create",
    "service",
    "clusterip",
    pick(names),
    pick(["--tcp=80", "--tcp=80:8080", "--tcp=80,81:x"]),
    ...dryRun(pick),
  ],
  (pick) => [
    "create",
    "svc",
    pick(["nodeport", "loadbalancer"]),
    pick(names),
    `--tcp=${pick(["80", "443:https"])}`,
    ...output(pick),
  ],
  (pick) => [
    "create",
    "deployment",
    pick(names),
    `--image=${pick(["nginx", "r.io/a/b:1", "b@sha256:00", "A", "a b"])}`,
    ...pick([[], ["--replicas=2"], ["--replicas=-1"], ["--port=80"]]),
  ],
  (pick) => ["create", "deploy", pick(names), "--image=nginx", "--image=busybox"],
  (pick) => [
    "create",
    "cm",
    pick(names),
    ...some(pick, [
      "--from-literal=a=1",
      "--from-literal=b=x y",
      "--from-literal=a",
      "--from-literal==v",
      "--from-literal=a=2",
      "--append-hash",
    ]),
    ...dryRun(pick),
    ...output(pick),
  ],
  (pick) => [
    "create",
    "secret",
    "generic",
    pick(names),
    ...some(pick, ["--from-literal=a=1", "--from-literal=k=", "--type=foo/bar", "--append-hash"]),
    ...dryRun(pick),
    ...output(pick),
  ],
  createIngress,
  showIngress,
  (pick) => [
    "run",
    pick(names),
    "--image=nginx",
    ...pick([[], ["--port=80"], ["--labels=tier=front,app=web"]]),
    ...dryRun(pick),
  ],
  (pick) => [
    "expose",
    pick(["deploy", "pod", "svc", "cm"]),
    pick(names),
    ...pick([[], ["--port=80"], ["--name=x", "--port=80"]]),
    ...dryRun(pick),
  ],
  (pick) => [
    "label",
    ...target(pick),
    ...some(pick, [...labels, ...labels, ...wrongLabels]),
    ...pick([[], [], ["--overwrite"]]),
    ...dryRun(pick),
    ...output(pick),
  ],
  (pick) => [
    "label",
    pick(types),
    pick(names),
    ...some(pick, labels),
    ...pick([[], [], ["--overwrite"], ["--list"], ["--resource-version=1"]]),
  ],
  (pick) => [
    "annotate",
    ...target(pick),
    ...some(pick, [...labels, ...labels, ...wrongLabels]),
    ...pick([[], [], ["--overwrite"]]),
    ...dryRun(pick),
    ...output(pick),
  ],
  (pick) => [
    "delete",
    ...target(pick),
    ...pick([
      [],
      [],
      ["--ignore-not-found"],
      ["--now"],
      ["--force"],
      ["--cascade=foo"],
      ["--grace-period=0"],
      ["--wait=false"],
    ]),
    ...dryRun(pick),
    ...pick([[], [], [], ["-o", "name"], ["-o", "yaml"]]),
  ],
  (pick) => ["delete", pick(types), pick(names)],
  (pick) => ["get", pick(["svc", "cm", "secret", "ing"]), ...pick([[], ["--show-labels"], ["-l", pick(selectors)]])],
  (pick) => [
    "get",
    pick(["svc", "cm", "secret", "ing"]),
    ...pick([[], [pick(names)]]),
    "-o",
    pick(["yaml", "json", "name"]),
  ],
  (pick) => ["get", pick(types), ...pick([[], [pick(names)]]), "-o", "name"],
  (pick) => [
    "scale",
    pick(["deploy", "rs", "svc"]),
    ...some(pick, names),
    `--replicas=${pick(["0", "2", "3", "-1", "x"])}`,
    ...pick([[], [], ["--current-replicas=1"], ["--resource-version=1"]]),
    ...dryRun(pick),
    ...output(pick),
  ],
  (pick) => [
    "rollout",
    pick(["pause", "resume", "restart", "undo", "history", "foo"]),
    ...pick([["deploy", pick(names)], [`svc/${pick(names)}`], ["deploy"], []]),
  ],
  (pick) => [
    "set",
    "image",
    pick(["deploy", "po", "svc"]),
    pick(names),
    ...some(pick, ["nginx=a:1", "*=b", "x=c", "nginx="]),
    ...dryRun(pick),
  ],
  (pick) => [
    "set",
    "env",
    pick(["deploy", "po"]),
    pick(names),
    ...some(pick, ["A=1", "B=2", "A-", "C=", "x"]),
    ...pick([[], [], ["--list"], ["--overwrite=false"], ["-c", "x*"]]),
  ],
  (pick) => [
    "set",
    ...pick([
      ["selector", "svc", pick(names), pick(["a=b", "a", "tier=front,app=web"])],
      ["sa", "deploy", pick(names), "robot"],
    ]),
    ...dryRun(pick),
    ...output(pick),
  ],
  (pick) => [pick(["cordon", "uncordon"]), ...some(pick, [...nodes, "nosuch"]), ...dryRun(pick)],
  (pick) => ["drain", ...some(pick, nodes), ...pick([[], ["--dry-run=client"], ["--dry-run=server"]])],
  (pick) => [
    "taint",
    pick(["node", "nodes", "svc"]),
    ...some(pick, nodes),
    ...some(pick, ["a=b:NoSchedule", "a=c:NoSchedule", "a:NoExecute", "a-", "a:NoSchedule-", "b-", "x:Bad", "a=b"]),
    ...pick([[], [], ["--overwrite"]]),
    ...dryRun(pick),
  ],
  (pick) => [
    "wait",
    ...pick([["svc", pick(names)], [`cm/${pick(names)}`], ["svc", "--all"], []]),
    ...pick([
      ["--for=delete"],
      ["--for=condition=Ready"],
      ["--for=jsonpath={.spec.type}=ClusterIP"],
      ["--for=jsonpath={.metadata.name}"],
      ["--for=create"],
      ["--for=x"],
      [],
    ]),
    pick(["--timeout=0", "--timeout=500ms"]),
    ...output(pick),
  ],
  (pick) => [
    "patch",
    pick(["svc", "cm", "deploy"]),
    pick(names),
    ...pick([
      ["-p", '{"metadata":{"labels":{"p":"1"}}}'],
      ["--type=merge", "-p", '{"metadata":{"labels":null}}'],
      ["--type=json", "-p", '[{"op":"add","path":"/metadata/labels","value":{"j":"1"}}]'],
      ["-p", "{"],
      [],
    ]),
    ...dryRun(pick),
    ...output(pick),
  ],
  (pick) => [pick(["foo", "creat", "lable", "delet", "gte", "rm"]), pick(types)],
  (pick) => [
    pick(["get", "delete", "label", "scale", "create"]),
    pick(["--foo", "-x", "--selector", "--dry-run=", "-o"]),
  ],
];
