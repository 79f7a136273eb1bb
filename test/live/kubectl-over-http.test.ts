import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cluster } from "kubenetsim";
import { type RunningServer, serveCluster } from "kubenetsim/cli/serve/http-server";
import { kubeconfigText } from "kubenetsim/cli/serve/kubeconfig";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { masked } from "./kubectl/masked.ts";
import { kubectlProgram } from "./kubectl-program.ts";

const files: Readonly<Record<string, string>> = {
  "ports.yaml": `apiVersion: v1
kind: Service
metadata:
  name: ports
spec:
  type: ClusterIP
  ports:
  - name: http
    port: 80
    protocol: TCP
    targetPort: 80
  - name: https
    port: 443
    protocol: TCP
    targetPort: 443
  selector:
    app: web
`,
  "ingress.yaml": `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
spec:
  ingressClassName: nginx
  rules:
  - host: web.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: web
            port:
              number: 80
`,
  "kube-proxy.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: kube-proxy
  namespace: kube-system
data:
  config.conf: |
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    kind: KubeProxyConfiguration
    mode: ""
`,
  "sets.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
  labels:
    part: sets
spec:
  serviceName: db
  replicas: 2
  selector:
    matchLabels:
      app: db
  template:
    metadata:
      labels:
        app: db
    spec:
      containers:
      - name: db
        image: postgres:17
---
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
  labels:
    part: sets
spec:
  selector:
    matchLabels:
      app: agent
  template:
    metadata:
      labels:
        app: agent
    spec:
      containers:
      - name: agent
        image: agent:1
`,
  "agent.yaml": `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
  labels:
    part: sets
spec:
  selector:
    matchLabels:
      app: agent
  template:
    metadata:
      labels:
        app: agent
    spec:
      containers:
      - name: agent
        image: agent:2
`,
  "wrong.yaml":
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: Wrong\nspec:\n  ports:\n  - port: 99999\n    nodeprt: 1\n",
};

/** What people type, one after another. */
const commands = [
  "create service clusterip web --tcp=80:80",
  "create service clusterip web6 --tcp=80:8080 --dry-run=client -o yaml > service.yaml",
  "apply -f service.yaml",
  "apply -f service.yaml",
  "get service",
  "apply -f ports.yaml",
  "get service ports -o wide",
  "create service nodeport np --tcp=80:80",
  "create service loadbalancer lb --tcp=443:8443",
  "create service externalname ext --external-name=a.example.com",
  "get svc",
  "get svc web -o yaml",
  "get svc web -o json",
  "get svc -o name",
  "get svc web -o jsonpath={.spec.ports[0].port}",
  "get svc -o custom-columns=NAME:.metadata.name,TYPE:.spec.type",
  "create deployment web --image=nginx --replicas=3",
  "rollout status deployment web",
  "get deployments,replicasets -o wide",
  "get pods -l app=web",
  "get endpoints web",
  "get endpointslices -l kubernetes.io/service-name=web",
  "describe service web",
  "apply -f ingress.yaml",
  "get ingress",
  "describe ingress web",
  "apply -f kube-proxy.yaml",
  "edit configmap kube-proxy -n kube-system",
  "get configmap kube-proxy -n kube-system -o yaml",
  "scale deployment web --replicas=1",
  "label service web tier=front",
  "annotate service web note=one",
  "get svc --show-labels",
  "get svc web lb -o yaml > list.yaml",
  "apply -f list.yaml",
  'patch service web -p {"spec":{"sessionAffinity":"ClientIP"}}',
  "expose deployment web --name=web2 --port=81 --target-port=8080",
  "apply -f sets.yaml",
  "get statefulsets,daemonsets -o wide",
  "rollout status statefulset db",
  "rollout status daemonset agent",
  "get pods -l app=db",
  "get pods -l app=agent",
  "get pod db-1 -o jsonpath={.spec.hostname}.{.spec.subdomain}",
  "describe statefulset db",
  "scale statefulset db --replicas=3",
  "get statefulset db",
  "rollout restart statefulset db",
  "rollout history daemonset agent",
  "diff -f sets.yaml",
  "diff -f agent.yaml",
  "apply -f agent.yaml --prune -l part=sets --prune-allowlist=apps/v1/StatefulSet --prune-allowlist=apps/v1/DaemonSet",
  "diff -f agent.yaml",
  "get statefulsets,daemonsets",
  "run client --image=busybox",
  "get pod client",
  "create namespace shop",
  "get namespaces",
  "get all -A",
  "get nodes -o wide",
  "create service clusterip web --tcp=80:80",
  "get service nosuch",
  "get nosuch",
  "apply -f wrong.yaml",
  "create service nodeport np2 --tcp=80:80 --node-port=80",
  "delete service web6 ports",
  "delete -f ingress.yaml",
  "delete deployment web",
  "get svc,deployments,ingresses",
  "version",
  "api-versions",
];

const kubectl = kubectlProgram();
const folder = mkdtempSync(join(tmpdir(), "kubenetsim-"));
const options = { nodes: ["n1", "n2", "n3"], seed: "live" } as const;
/** The editor that `kubectl edit` calls. */
const editor = "sed -i s/mode:.*/mode:\\ ipvs/";
const edited = (text: string): string => text.replace(/mode:.*/g, "mode: ipvs");

interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

if (kubectl === undefined) console.log("not compared with the real kubectl: there is none of the modelled version");

describe.skipIf(kubectl === undefined)("the real kubectl, before kubenetsim serve", () => {
  let served: Cluster;
  let server: RunningServer;
  const kubeconfig = join(folder, "kubeconfig");

  beforeAll(async () => {
    served = Cluster.create(options);
    server = await serveCluster(served, { host: "127.0.0.1", port: 0 });
    writeFileSync(kubeconfig, kubeconfigText(server.url));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  });

  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const real = (line: string): Promise<Answer> => {
    const [command = "", target] = line.split(" > ");
    const env = { KUBECONFIG: kubeconfig, HOME: folder, KUBE_EDITOR: editor, PATH: process.env.PATH ?? "" };
    return new Promise((resolve) => {
      const words = command.split(" ");
      const child = execFile(kubectl!, words, { cwd: folder, env, timeout: 20_000 }, (problem, stdout, stderr) => {
        if (target !== undefined) writeFileSync(join(folder, target), stdout);
        const exitCode = problem === null ? 0 : Number(problem.code ?? -1);
        resolve({ stdout: target === undefined ? stdout : "", stderr, exitCode });
      });
      child.stdin?.end();
    });
  };

  it("answers each command as lab.kubectl does", async () => {
    const lab = Cluster.create(options);
    lab.settle();
    for (const [name, text] of Object.entries(files)) lab.files.write(name, text);
    const differing: object[] = [];
    for (const line of commands) {
      const theirs = await real(line);
      // The server's controllers take up what was written a moment later.
      await quiet(served);
      const ours = typed(lab, line);
      lab.settle();
      if (shown(theirs) !== shown(ours)) differing.push({ line, theirs: shown(theirs), ours: shown(ours) });
    }
    expect(differing).toEqual([]);
  }, 120_000);
});

/** Until nothing has been written for a while. */
async function quiet(lab: Cluster): Promise<void> {
  for (let before = -1; before !== lab.state.revision; ) {
    before = lab.state.revision;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function typed(lab: Cluster, line: string): Answer {
  const quoted = line.replace(/(?<=^patch .* -p )(.*)$/, "'$1'").replace(/-o (jsonpath=\S+)/, "-o '$1'");
  return lab.kubectl(quoted, { edit: edited });
}

function shown({ stdout, stderr, exitCode }: Answer): string {
  const text = masked(`${stdout}# stderr:\n${stderr}# exit: ${exitCode}\n`);
  // The names of a DaemonSet's Pods are drawn when its controller comes to them, before what else is applied or after.
  return text.replace(/\bagent-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, "agent-XXXXX");
}
