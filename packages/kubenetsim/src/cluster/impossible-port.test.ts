import { describe, expect, it } from "vitest";
import { webAndClient } from "../../test-objects.ts";
import { Cluster } from "./cluster.ts";

const service = (name: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {ports: [{port: 80}]}\n`;

const slice = (port: number): string => `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: man-1, labels: {kubernetes.io/service-name: man}}
addressType: IPv4
endpoints: [{addresses: ['10.244.0.77'], nodeName: n1}]
ports: [{port: ${port}}]
`;

const modes = ["iptables", "ipvs", "nftables", "userspace"] as const;

function lab(proxyMode: (typeof modes)[number]): Cluster {
  const one = Cluster.create({ nodes: ["n1", "n2"], proxyMode });
  change(one, webAndClient);
  return one;
}

function change(one: Cluster, ...texts: string[]): void {
  one.apply(texts.join("---\n"));
  one.settle();
}

const rules = (one: Cluster): string => one.node("n1").iptablesSave() + one.node("n1").nftList();
const reaches = (one: Cluster, target: string): string => one.pod("default/client").connect(target).disposition;
const natOf = (one: Cluster): string => one.node("n1").iptablesSave("nat");
const log = (one: Cluster): string => one.node("n1").kubeProxyLog.join("\n");
const warnings = (one: Cluster): string => one.warnings.map(({ message }) => message).join("\n");

describe.each([-80, 70_000])("a slice with port %i, which the API server takes", (port) => {
  it.each(modes)("leaves the other Services of %s mode as they were", (mode) => {
    const one = lab(mode);
    change(one, service("man"), slice(port));
    expect(reaches(one, "svc/default/web:80")).toBe("delivered");
    expect(reaches(one, "svc/default/man:80")).not.toBe("delivered");
  });

  it.each([
    ["iptables", `Port \`${port}' not valid`],
    ["nftables", port < 0 ? "syntax error, unexpected -" : "Service out of range"],
  ] as const)("stops %s mode from writing anything until it is gone", (mode, reason) => {
    const one = lab(mode);
    const before = rules(one);
    change(one, service("man"), slice(port));
    expect(rules(one)).toBe(before);
    expect(log(one)).toContain(reason);
    expect(warnings(one)).toContain(reason);
    const withAnother = one.fork();
    change(withAnother, service("late"));
    if (mode === "nftables") expect(rules(withAnother)).toBe(before);
    else {
      expect(natOf(withAnother)).toBe(natOf(one));
      expect(rules(withAnother), "iptables-restore has committed the table before nat").toContain(
        "default/late has no",
      );
    }
    change(one, service("late"), slice(8080));
    expect(log(one)).not.toContain(reason);
    expect(warnings(one)).not.toContain(reason);
    expect(rules(one)).toContain("10.244.0.77:8080");
    const fresh = lab(mode);
    change(fresh, service("man"), service("late"), slice(8080));
    expect(rules(one).split("\n").sort()).toEqual(rules(fresh).split("\n").sort());
  });

  it("is cut to 16 bits in ipvs mode, and does not come into the ipset", () => {
    const one = lab("ipvs");
    change(one, service("man"), slice(port));
    const node = one.node("n1");
    expect(node.ipvsadm()).toContain(`10.244.0.77:${port < 0 ? 65_456 : 4464} `);
    expect(node.ipsetList()).not.toContain("10.244.0.77");
    const words = port < 0 ? '"Error adding entry to ipset"' : '"Failed to add ip set entry to ip set"';
    expect(log(one)).toContain(words);
    expect(warnings(one)).toContain(words);
  });

  it("is refused in v1 Endpoints, which userspace mode reads", () => {
    const subsets = `subsets: [{addresses: [{ip: 10.244.0.77}], ports: [{port: ${port}}]}]`;
    const endpoints = `apiVersion: v1\nkind: Endpoints\nmetadata: {name: man}\n${subsets}\n`;
    expect(() => lab("userspace").apply(endpoints)).toThrow("must be between 1 and 65535, inclusive");
  });
});
