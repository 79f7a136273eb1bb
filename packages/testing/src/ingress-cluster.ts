/** What a cluster for tests of ingress is like. */
export interface IngressClusterParts {
  /** Cluster unless given. */
  readonly externalTrafficPolicy?: "Cluster" | "Local";
  /** Annotations of the Ingress shop/web, without their prefix. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** It asks for TLS with this Secret. */
  readonly secret?: string;
  /** Path and its type of the one rule; `/` as Prefix unless given. */
  readonly path?: readonly [path: string, type: string];
  /** Of the Deployment shop/web; 2 unless given. */
  readonly replicas?: number;
  /** The controller's ConfigMap. */
  readonly settings?: Readonly<Record<string, string>>;
  /** More objects, as YAML. */
  readonly more?: string;
}

/**
 * ingress-nginx behind the node ports 30080 and 30443, a Deployment shop/web with its Service, and an Ingress for shop.test. One object
 * after the other, so that each stands on lines of its own.
 */
export function ingressClusterYaml(parts: IngressClusterParts = {}): string {
  const { annotations = {}, secret, path = ["/", "Prefix"], replicas = 2, settings = {}, more } = parts;
  const { externalTrafficPolicy = "Cluster" } = parts;
  const prefixed = Object.entries(annotations).map(([name, value]) => [`nginx.ingress.kubernetes.io/${name}`, value]);
  const ingress = {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "web", namespace: "shop", annotations: Object.fromEntries(prefixed) },
    spec: {
      ingressClassName: "nginx",
      ...(secret !== undefined && { tls: [{ hosts: ["shop.test"], secretName: secret }] }),
      rules: [{ host: "shop.test", http: { paths: [pathTo("web", ...path)] } }],
    },
  };
  const configMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "ingress-nginx-controller", namespace: "ingress-nginx" },
    data: settings,
  };
  const objects = [
    namespace("ingress-nginx"),
    namespace("shop"),
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: { name: "nginx" },
      spec: { controller: "k8s.io/ingress-nginx" },
    },
    configMap,
    controllerDeployment,
    controllerService(externalTrafficPolicy),
    deploymentYaml("web", replicas),
    serviceYaml("web"),
    ingress,
  ];
  return [...objects.map((object) => JSON.stringify(object)), ...(more === undefined ? [] : [more])].join("\n---\n");
}

/** A path of a rule to port 80 of a Service. */
export function pathTo(service: string, path: string, pathType: string): object {
  return { path, pathType, backend: { service: { name: service, port: { number: 80 } } } };
}

/** A Deployment in the namespace shop whose Pods listen on 8080. */
export function deploymentYaml(name: string, replicas: number): object {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "shop" },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: "app", image: "app", ports: [{ containerPort: 8080 }] }] },
      },
    },
  };
}

/** Its Service, port 80. */
export function serviceYaml(name: string): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "shop" },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

function namespace(name: string): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

const labels = { app: "ingress-nginx" };

const controllerDeployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "controller", namespace: "ingress-nginx" },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          {
            name: "controller",
            image: "registry.example/ingress-nginx/controller:v1.15.1",
            args: ["/nginx-ingress-controller", "--configmap=ingress-nginx/ingress-nginx-controller"],
            ports: [{ containerPort: 80 }, { containerPort: 443 }],
          },
        ],
      },
    },
  },
};

function controllerService(externalTrafficPolicy: string): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "controller", namespace: "ingress-nginx" },
    spec: {
      type: "NodePort",
      externalTrafficPolicy,
      selector: labels,
      ports: [
        { name: "http", port: 80, nodePort: 30080 },
        { name: "https", port: 443, nodePort: 30443 },
      ],
    },
  };
}
