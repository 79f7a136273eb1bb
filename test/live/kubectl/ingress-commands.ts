/** Draws one of several. */
type Pick = <T>(choices: readonly T[]) => T;

const names = ["web", "api", "web", "shop"];

const rules = [
  "shop.test/*=web:80",
  "shop.test/=web:http",
  "shop.test/cart=web:80",
  "shop.test/cart*=web:80",
  "*.shop.test/*=web:80",
  "*.shop.test/a/b=api:8080,tls=cert",
  "/*=web:80",
  "/=web:80,tls=cert",
  "/cart=web:http,tls",
  "shop.test/=web:80,tls=",
  "a.test/x=web:80,tls=one",
  "b.test/y*=api:grpc,tls=two",
  "c.test/=web:0",
  "d.test/z=web:70000",
  "SHOP.test/*=web:80",
  "shop.test=web:80",
  "shop.test/a=web",
  "shop.test/a=:80",
  "=web:80",
  "shop.test//a=web:80",
  "shop.test/../a=web:80",
  "10.0.0.1/a=web:80",
  "shop_test/a=web:80",
  "shop.test/a b=web:80",
  "shop.test/.*(a|b)=web:80",
  "shop.test/a=web:80,tls,x",
  "x*.test/=web:80",
  "",
];

const annotations = [
  "--annotation=nginx.ingress.kubernetes.io/rewrite-target=/$1",
  "--annotation=a=b,c=d",
  "--annotation=a",
  "--annotation==b",
  "--annotation=kubernetes.io/ingress.class=nginx",
  "--annotation=Bad Key=x",
];

/** `kubectl create ingress` with all of its flags, right and wrong. */
export function createIngress(pick: Pick): string[] {
  const some = (choices: readonly string[]): string[] => pick([[], [pick(choices)], [pick(choices), pick(choices)]]);
  return [
    "create",
    pick(["ingress", "ing"]),
    pick([...names, ...names, "Bad_Name", "a.b"]),
    ...some(rules).map((rule) => `--rule=${rule}`),
    ...pick([[], [`--rule=${pick(rules)}`]]),
    ...pick([[], [], [`--class=${pick(["nginx", "other", "", "Bad Class"])}`]]),
    ...pick([[], [], [`--default-backend=${pick(["web:80", "web:http", "web", ":80", "web:", "a:b:c", ""])}`]]),
    ...pick([[], [], some(annotations)]),
    ...pick([[], [], [], ["--dry-run=client"], ["--dry-run=server"]]),
    ...pick([[], ["-o", "yaml"], ["-o", "json"], ["-o", "name"]]),
    ...pick([[], [], [], [], ["--save-config"], ["--validate=false"], ["--field-manager=me"]]),
  ];
}

/** What is asked of Ingresses that are there. */
export function showIngress(pick: Pick): string[] {
  return pick([
    ["get", "ingress"],
    ["get", "ing", "-o", "wide"],
    ["get", "ing", pick(names), "--show-labels"],
    ["get", "ing", pick(names), "-o", "yaml"],
    ["get", "ingress.networking.k8s.io", "-o", "name"],
    ["get", "ing", "-o", "custom-columns=N:.metadata.name,H:.spec.rules[*].host"],
    ["describe", "ingress"],
    ["describe", "ing", pick(names)],
    ["describe", "ingressclass"],
    ["get", "ingressclass"],
    ["delete", "ing", pick(names)],
    ["annotate", "ing", pick(names), pick(["a=b", "kubernetes.io/ingress.class=nginx", "a-"])],
    ["patch", "ing", pick(names), "-p", pick(['{"spec":{"ingressClassName":"other"}}', '{"spec":{"rules":null}}'])],
    [
      "patch",
      "ing",
      pick(names),
      "--type=merge",
      "--subresource=status",
      "-p",
      pick([
        '{"status":{"loadBalancer":{"ingress":[{"ip":"203.0.113.9"},{"hostname":"lb.example.com"}]}}}',
        '{"status":{"loadBalancer":{"ingress":[{"hostname":"10.0.0.1"}]}}}',
        '{"status":{"loadBalancer":{"ingress":[{"ip":"x"}]}}}',
        '{"status":{"loadBalancer":{"ingress":[{"ip":"203.0.113.9","ports":[{"port":80,"protocol":"TCP"}]}]}}}',
      ]),
    ],
    ["create", "service", "clusterip", pick(["web", "api"]), `--tcp=${pick(["80:8080", "8080"])}`],
  ]);
}
