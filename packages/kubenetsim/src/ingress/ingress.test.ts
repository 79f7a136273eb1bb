import { outcomeOf } from "@kubenetsim/core/trace/disposition";
import { describe, expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import type { ClusterOptions } from "../cluster/cluster-options.ts";
import { formatWarning } from "../warnings/warning.ts";

const controller = `
apiVersion: v1
kind: Namespace
metadata: { name: ingress-nginx }
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: nginx }
spec: { controller: k8s.io/ingress-nginx }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: ingress-nginx-controller, namespace: ingress-nginx }
---
apiVersion: v1
kind: Service
metadata: { name: ingress-nginx-controller, namespace: ingress-nginx }
spec:
  type: NodePort
  selector: { app: ingress-nginx }
  ports:
    - { name: http, port: 80, targetPort: http }
    - { name: https, port: 443, targetPort: https }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ingress-nginx-controller, namespace: ingress-nginx }
spec:
  selector: { matchLabels: { app: ingress-nginx } }
  template:
    metadata: { labels: { app: ingress-nginx } }
    spec:
      containers:
        - name: controller
          image: registry.example/ingress-nginx/controller:v1.15.1
          args:
            - /nginx-ingress-controller
            - --controller-class=k8s.io/ingress-nginx
            - --configmap=$(POD_NAMESPACE)/ingress-nginx-controller
          env:
            - { name: POD_NAME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
            - { name: POD_NAMESPACE, valueFrom: { fieldRef: { fieldPath: metadata.namespace } } }
          ports:
            - { name: http, containerPort: 80 }
            - { name: https, containerPort: 443 }
`;

const shop = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec:
  ingressClassName: nginx
  rules:
    - host: shop.test
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
`;

function cluster(options: ClusterOptions = {}, text = `${controller}---${shop}`): Cluster {
  const lab = Cluster.create({ nodes: ["n1", "n2"], ...options });
  lab.apply(text, { source: "shop.yaml" });
  lab.settle();
  return lab;
}

function view(lab: Cluster, pod = "ingress-nginx/ingress-nginx-controller") {
  return lab.pod(pod).ingressController!;
}

describe("ingress-nginx in a Pod", () => {
  it("has its configuration as soon as the cluster has settled, and works in what comes later when that has", () => {
    const lab = cluster();
    expect(view(lab).configuration?.servers.map(({ hostname }) => hostname)).toEqual(["_", "shop.test"]);
    expect(view(lab).listens.map(({ port }) => port)).toEqual([80, 443]);
    lab.kubectl("-n shop create ingress more --class=nginx --rule=more.test/*=web:80");
    expect(view(lab).configuration?.servers.map(({ hostname }) => hostname)).toEqual(["_", "more.test", "shop.test"]);
  });

  it("shows its log and its nginx in the Pod's shell", () => {
    const lab = cluster();
    const lines = lab.kubectl("-n ingress-nginx logs deploy/ingress-nginx-controller --tail=2").stdout.split("\n");
    expect(lines).toEqual([
      'I0101 00:00:00.000000       7 controller.go:217] "Configuration changes detected, backend reload required"',
      'I0101 00:00:00.000000       7 controller.go:231] "Backend successfully reloaded"',
      "",
    ]);
    expect(lab.kubectl("-n shop logs nosuch").stderr).toBe(
      'error: error from server (NotFound): pods "nosuch" not found in namespace "shop"\n',
    );
    expect(lab.kubectl("-n shop logs deploy/web").stderr).toContain("is not modelled");
    const pod = lab.pod("ingress-nginx/ingress-nginx-controller");
    expect(pod.sh`nginx -t`.stderr).toContain("test is successful");
    expect(pod.sh`cat /etc/nginx/nginx.conf`.stdout).toBe(view(lab).configurationText);
  });

  it("makes no difference when somebody looks", () => {
    const change = "-n shop create ingress more --class=nginx --rule=more.test/*=web:80";
    const [early, late] = [cluster(), cluster()];
    view(early);
    for (const lab of [early, late]) {
      lab.kubectl(change);
      lab.clock.advance(60_000);
    }
    expect(view(late).logText).toBe(view(early).logText);
    expect(view(late).configuration).toEqual(view(early).configuration);
  });
});

describe("status.loadBalancer", () => {
  const addressOf = (lab: Cluster, name = "shop/web"): string =>
    lab.kubectl(`-n ${name.split("/")[0]} get ingress ${name.split("/")[1]}`).stdout.split("\n")[1]!;

  it("has the addresses of the nodes that run ready controllers", () => {
    const lab = cluster();
    expect(lab.get("Ingress", "shop/web")?.status).toEqual({ loadBalancer: { ingress: [{ ip: "192.168.10.11" }] } });
    expect(addressOf(lab)).toMatch(/^web +nginx +shop\.test +192\.168\.10\.11 +80 +/);
  });

  it("has what --publish-service says, and follows it", () => {
    const published = controller.replace(
      "args:",
      "args:\n            - --publish-service=$(POD_NAMESPACE)/ingress-nginx-controller",
    );
    const lab = cluster({}, `${published}---${shop}`);
    const service = lab.get("Service", "ingress-nginx/ingress-nginx-controller")!;
    expect(addressOf(lab)).toContain(` ${service.spec.clusterIP} `);
    lab.kubectl(`-n ingress-nginx patch service ingress-nginx-controller -p '{"spec":{"type":"LoadBalancer"}}'`);
    expect(addressOf(lab)).toContain(" 203.0.113.1 ");
  });

  it("is emptied when the last replica ends, and stays where there is more than one address to withdraw", () => {
    const lab = cluster();
    lab.delete("Deployment", "ingress-nginx/ingress-nginx-controller");
    lab.settle();
    expect(lab.get("Ingress", "shop/web")?.status).toEqual({ loadBalancer: {} });

    const twoAddresses = controller.replace(
      "args:",
      "args:\n            - --publish-status-address=203.0.113.7, lb.example.com",
    );
    const other = cluster({}, `${twoAddresses}---${shop}`);
    const written = [{ ip: "203.0.113.7" }, { hostname: "lb.example.com" }];
    expect(other.get("Ingress", "shop/web")?.status).toEqual({ loadBalancer: { ingress: written } });
    other.delete("Deployment", "ingress-nginx/ingress-nginx-controller");
    other.settle();
    expect(other.get("Ingress", "shop/web")?.status).toEqual({ loadBalancer: { ingress: written } });
  });

  it.each(["--disable-leader-election", "--update-status=false"])("is left alone with %s", (flag) => {
    const lab = cluster({}, `${controller.replace("args:", `args:\n            - ${flag}`)}---${shop}`);
    expect(lab.get("Ingress", "shop/web")?.status).toEqual({ loadBalancer: {} });
  });

  it("stays when another replica takes over", () => {
    const lab = cluster();
    lab.delete("Pod", lab.list("Pod", "ingress-nginx").map(({ metadata }) => `ingress-nginx/${metadata.name}`)[0]!);
    lab.settle();
    expect(lab.get("Ingress", "shop/web")?.status).toEqual({ loadBalancer: { ingress: [{ ip: "192.168.10.11" }] } });
  });
});

describe("what is probably not meant", () => {
  const warningsOf = (lab: Cluster): string[] => lab.warnings.map(formatWarning);

  it("has nothing to say of a cluster that works", () => {
    expect(warningsOf(cluster())).toEqual([]);
  });

  it("tells that no controller runs", () => {
    expect(warningsOf(cluster({}, shop))).toEqual([
      "shop.yaml:22:1: no ingress controller runs: hosts and paths of Ingress lead nowhere (1 object)",
    ]);
  });

  it("tells of classes that nobody serves, and of Ingresses without one", () => {
    const other = shop.replace("ingressClassName: nginx", "ingressClassName: haproxy");
    expect(warningsOf(cluster({}, `${other}---${controller}`))).toEqual([
      "shop.yaml:25:3: Ingress shop/web has class haproxy that no controller serves",
    ]);
    const none = shop.replace("  ingressClassName: nginx\n", "");
    expect(warningsOf(cluster({}, `${none}---${controller}`))).toEqual([
      "shop.yaml:24:1: Ingress shop/web has no class, and no controller takes such",
    ]);
  });

  it("has the controller's own words of what is missing, until it is there", () => {
    const lab = cluster(
      {},
      `${shop.replace("name: web, port: { number", "name: api, port: { number")}---${controller}`,
    );
    expect(warningsOf(lab)).toEqual([
      'shop.yaml:28:63: ingress-nginx (controller.go:1135): Error obtaining Endpoints for Service "shop/api": no object matching key "shop/api" in local store',
    ]);
    lab.apply(shop);
    lab.settle();
    expect(warningsOf(lab)).toEqual([]);
  });

  it("keeps the last good configuration when nginx refuses one, with nginx's words, and goes on when that is mended", () => {
    const lab = cluster();
    const hosts = (): unknown => view(lab).configuration?.servers.map(({ hostname }) => hostname);
    lab.kubectl("-n shop create ingress twins --class=nginx --rule=twins.test/a*=web:80 --rule=twins.test/a/*=web:80");
    lab.kubectl("-n shop create ingress late --class=nginx --rule=late.test/*=web:80");
    expect(hosts()).toEqual(["_", "shop.test"]);
    expect(lab.warnings.map(({ message }) => message).join("\n")).toContain('nginx: [emerg] duplicate location "/a/"');
    expect(view(lab).logText).toContain("Unexpected failure reloading the backend");
    lab.clock.advance(60_000);
    expect(hosts()).toEqual(["_", "shop.test"]);
    lab.kubectl("-n shop delete ingress twins");
    expect(hosts()).toEqual(["_", "late.test", "shop.test"]);
    expect(warningsOf(lab)).toEqual([]);
  });

  it("tells of a host port that nobody opens", () => {
    const lab = cluster({}, controller.replace("containerPort: 80 }", "containerPort: 80, hostPort: 80 }"));
    expect(warningsOf(lab)).toEqual([
      expect.stringMatching(
        /^Pod ingress-nginx\/\S+: hostPort 80 is not modelled without hostNetwork: nobody listens there on its node$/,
      ),
    ]);
  });

  it("names flags that the program does not know, which ends then, and those that are not modelled", () => {
    const ended = cluster({}, controller.replace("args:", "args:\n            - --turbo"));
    expect(view(ended)).toMatchObject({ problem: "unknown flag: --turbo", listens: [], configurationText: "" });
    expect(warningsOf(ended)).toEqual([
      expect.stringMatching(
        /^ingress-nginx in Pod ingress-nginx\/ingress-nginx-controller-\S+ \(container controller\): ends at its start: unknown flag: --turbo$/,
      ),
    ]);
    const [pod] = ended.list("Pod", "ingress-nginx");
    expect(outcomeOf(ended.node("n1").curl(`http://${pod!.status!.podIP}/`).disposition)).toBe("refused");
    const unmodelled = cluster({}, controller.replace("args:", "args:\n            - --enable-topology-aware-routing"));
    expect(warningsOf(unmodelled)).toEqual([
      expect.stringContaining("the flag --enable-topology-aware-routing=true is not modelled"),
    ]);
  });
});

describe("a controller on the nodes' network", () => {
  const daemons = controller
    .replace("kind: Deployment", "kind: DaemonSet")
    .replace(
      "    spec:\n      containers:",
      '    spec:\n      hostNetwork: true\n      nodeSelector: { edge: "true" }\n      containers:',
    )
    .replace(/---\napiVersion: v1\nkind: Service[\s\S]*?---/, "---");
  const edge = (lab: Cluster, ...names: readonly string[]): void => {
    for (const name of names) lab.kubectl(`label node ${name} edge=true`);
  };
  const curl = (lab: Cluster, node: string) =>
    lab.external("192.168.10.200").curl(`http://${node}/`, { headers: { Host: "shop.test" } });

  it("answers at the address of each of its nodes, and at no other's", () => {
    const lab = cluster({ nodes: ["n1", "n2", "n3"] }, `${daemons}---${shop}`);
    edge(lab, "n1", "n2");
    expect(curl(lab, "192.168.10.11").http?.response?.status).toBe(200);
    expect(curl(lab, "192.168.10.12").http?.server).toMatch(/^pod ingress-nginx\//);
    expect(outcomeOf(curl(lab, "192.168.10.13").disposition)).toBe("refused");
    expect(lab.kubectl("-n shop get ingress web -o wide").stdout).toContain(" 192.168.10.11,192.168.10.12 ");
    edge(lab, "n3");
    expect(curl(lab, "192.168.10.13").http?.response?.status).toBe(200);
  });

  it("leaves a second one on a node pending, as the port is taken", () => {
    const lab = cluster({}, `${daemons}---${shop}---${daemons.replaceAll("ingress-nginx-controller", "second")}`);
    edge(lab, "n1");
    const phases = lab.list("Pod", "ingress-nginx").map(({ status }) => status?.phase);
    expect(phases.sort()).toEqual(["Pending", "Running"]);
    expect(lab.warnings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        /^Pod ingress-nginx\/\S+ stays pending: no node fits .* host ports free \(TCP 80, TCP 443\)$/,
      ),
    );
  });

  it("listens on other ports where its flags say so, declared or not", () => {
    const ports = daemons
      .replace("args:", "args:\n            - --http-port=8000\n            - --https-port=8443")
      .replace(/ +ports:\n +- \{ name: http, containerPort: 80 \}\n +- \{ name: https, containerPort: 443 \}\n/, "");
    const lab = cluster({}, `${ports}---${shop}`);
    edge(lab, "n1");
    expect(curl(lab, "192.168.10.11:8000").http?.response?.status).toBe(200);
    expect(outcomeOf(curl(lab, "192.168.10.11").disposition)).toBe("refused");
  });
});

describe("what a controller is let see", () => {
  const withFlag = (flag: string): string => controller.replace("args:", `args:\n            - ${flag}`);
  const more = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: all, namespace: shop }
spec: { ingressClassName: nginx, defaultBackend: { service: { name: web, port: { number: 80 } } } }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: other
  namespace: default
  annotations: { own.example/use-regex: "true", nginx.ingress.kubernetes.io/app-root: /start }
spec:
  ingressClassName: nginx
  rules: [{ host: other.test, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }]
`;
  const serversOf = (flag: string) => view(cluster({}, `${withFlag(flag)}---${shop}---${more}`)).configuration!.servers;
  const hostsOf = (flag: string): string[] => serversOf(flag).map(({ hostname }) => hostname);

  it.each([
    ["--sync-rate-limit=0.5", ["_", "other.test", "shop.test"]],
    ["--watch-namespace=shop", ["_", "shop.test"]],
    ["--watch-namespace-selector=kubernetes.io/metadata.name=default", ["_", "other.test"]],
    ["--watch-namespace=default", ["_", "other.test"]],
  ])("with %s it has the hosts %j", (flag, hosts) => {
    expect(hostsOf(flag)).toEqual(hosts);
  });

  it("passes catch-alls over with --disable-catch-all, and reads annotations by the prefix that it is given", () => {
    const backendOfAll = (flag: string): string => serversOf(flag)[0]!.locations[0]!.backend;
    expect(backendOfAll("--disable-catch-all=false")).toBe("shop-web-80");
    expect(backendOfAll("--disable-catch-all")).toBe("upstream-default-backend");
    const settings = serversOf("--annotations-prefix=own.example").find(({ hostname }) => hostname === "other.test")!
      .locations[0]!.annotations.rewrite;
    expect(settings).toMatchObject({ useRegex: true, appRoot: "" });
  });
});

describe("a cluster of its own", () => {
  it("that was forked, or was set back, has controllers that know the same", () => {
    const lab = cluster();
    const before = lab.snapshot();
    const hosts = (one: Cluster) => view(one).configuration?.servers.map(({ hostname }) => hostname);
    const other = lab.fork();
    other.kubectl("-n shop create ingress more --class=nginx --rule=more.test/*=web:80");
    expect(hosts(other)).toEqual(["_", "more.test", "shop.test"]);
    expect(hosts(lab)).toEqual(["_", "shop.test"]);
    lab.kubectl("-n shop delete ingress web");
    expect(hosts(lab)).toEqual(["_"]);
    lab.restore(before);
    expect(hosts(lab)).toEqual(["_", "shop.test"]);
    expect(lab.get("Ingress", "shop/web")?.status).toEqual({ loadBalancer: { ingress: [{ ip: "192.168.10.11" }] } });
  });

  it("asks for the addresses of an ExternalName in its own Pod", () => {
    const external = shop.replace(
      /spec: \{ selector: \{ app: web \}, ports.*\}/,
      "spec: { type: ExternalName, externalName: www.example.com }",
    );
    const dns = { upstream: { "www.example.com": ["203.0.113.80"] } };
    for (const kubeadm of [false, true]) {
      const lab = cluster({ dns, kubeadm }, `${external}---${controller}`);
      const trace = lab
        .external("192.168.10.200")
        .curl(
          `http://192.168.10.11:${lab.get("Service", "ingress-nginx/ingress-nginx-controller")!.spec.ports![0]!.nodePort}/`,
          { headers: { Host: "shop.test" } },
        );
      expect(trace.http?.forwarded.map(({ endpoint }) => endpoint)).toContain("203.0.113.80:80");
    }
  });
});

describe("time, while the controller's own clock is ahead", () => {
  it("is the cluster's for requests: a rate limit's burst drains second by second", () => {
    const lab = cluster();
    const address = lab.kubectl(
      "get svc -n ingress-nginx ingress-nginx-controller -o jsonpath={.spec.clusterIP}",
    ).stdout;
    lab.kubectl("annotate ingress -n shop web nginx.ingress.kubernetes.io/limit-rps=1");
    const statuses = (count: number): (number | undefined)[] =>
      Array.from(
        { length: count },
        () => lab.node("n1").curl("http://shop.test/", { resolve: [`shop.test:80:${address}`] }).http?.response?.status,
      );
    expect(statuses(7)).toEqual([200, 200, 200, 200, 200, 200, 503]);
    lab.clock.advance(1000);
    expect(statuses(2)).toEqual([200, 503]);
  });
});
