import { describe, expect, it } from "vitest";
import { webAndClient } from "../../test-objects.ts";
import { Cluster } from "./cluster.ts";

const empty = "*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n";

const ask = (one: Cluster): string => one.pod("client").curl("http://10.96.0.80").disposition;

describe("the rules of a dump", () => {
  for (const proxyMode of ["iptables", "ipvs", "nftables", "userspace"] as const) {
    const lab = (): Cluster => {
      const made = Cluster.create({ nodes: ["n1", "n2"], proxyMode });
      made.apply(webAndClient);
      made.settle();
      expect(ask(made)).toBe("delivered");
      return made;
    };

    it(`stand in the place of all that kube-proxy wrote: ${proxyMode}`, () => {
      const one = lab();
      const other = one.node("n2").run("ipvsadm -Ln");
      one.node("n1").iptablesRestore(empty);
      expect(ask(one)).toBe("no-route");
      expect(ask(one.fork())).toBe("no-route");
      expect(one.node("n1").nftList()).toBe("");
      expect(one.node("n1").ipvsadm()).not.toContain("10.96.0.80");
      expect(one.node("n2").run("ipvsadm -Ln")).toBe(other);
      expect(one.node("n2").connect("10.96.0.80:80").disposition).toBe("delivered");
      one.restartKubeProxy();
      expect(ask(one)).toBe("delivered");
    });

    it(`do the same that they did where they come from: ${proxyMode}`, () => {
      const one = lab();
      if (proxyMode === "nftables") return expect(one.node("n1").iptablesSave()).not.toContain("10.96.0.80");
      one.node("n1").iptablesRestore(one.node("n1").iptablesSave());
      expect(ask(one)).toBe("delivered");
    });
  }
});
