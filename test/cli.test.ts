import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type CliResult, runCli, withFiles } from "./cli/run-cli.ts";
import { root } from "./tidy/source-files.ts";

const shop = "examples/shop";

const node = `apiVersion: v1
kind: Node
metadata: {name: n1}
spec: {podCIDR: 10.244.1.0/24, podCIDRs: [10.244.1.0/24]}
status: {addresses: [{type: InternalIP, address: 192.168.10.11}]}
`;

const pods = `apiVersion: v1
kind: Pod
metadata: {name: client, labels: {app: client}}
spec: {nodeName: n1, containers: [{name: a, image: a}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {nodeName: n1, containers: [{name: a, image: a, ports: [{name: http, containerPort: 8080}]}]}
`;

function service(spec: string, name = "web"): string {
  return `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n${spec.replace(/^(?=.)/gm, "  ")}`;
}

/** Runs `get svc` on one file. */
function read(text: string): CliResult {
  return withFiles({ "in.yaml": text }, (folder) =>
    runCli(["get", "-f", "in.yaml", "svc"], { workingDirectory: folder }),
  );
}

function stream(...documents: readonly string[]): string {
  return documents.join("\n---\n");
}

describe("trace", () => {
  it("ends with 0 for what is delivered, and says what decided", () => {
    const { code, out } = runCli(["trace", "-f", shop, "--from", "pod/shop/client", "--to", "http://web"]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /KUBE-SVC-[A-Z0-9]{16}.*# Service shop\/web: cluster IP \(examples\/shop\/cluster\.yaml:\d+:\d+\)/,
    );
    expect(out).toMatch(/^delivered: pod shop\/web-/m);
  });

  it("ends with 1 for what is not delivered", () => {
    const { code, out } = runCli(["trace", "-f", shop, "--from", "pod/shop/client", "--to", "svc/shop/beta:80"]);
    expect(code).toBe(1);
    expect(out).toMatch(/^rejected: /m);
  });

  it.each(["iptables", "ipvs", "nftables"])("reaches every kind of Service in %s mode", (mode) => {
    for (const [from, to] of [
      ["pod/shop/client", "svc/shop/api:grpc"],
      ["pod/shop/client", "http://cart.shop.svc.cluster.local"],
      ["pod/platform/debug", "svc/platform/logs:514/udp"],
      ["node/n3", "svc/shop/catalog"],
      ["external", "http://203.0.113.10"],
      ["external:198.51.100.77", "http://203.0.113.2"],
      ["external", "http://192.168.10.13:30090"],
      ["pod/shop/client", "svc/kube-system/kube-dns:dns"],
    ] as const) {
      const { code, out, err } = runCli(["trace", "-f", shop, "--from", from, "--to", to, "--mode", mode]);
      expect(`${from} ${to} ${code} ${/^(\S+): /m.exec(out)?.[1] ?? err}`).toBe(`${from} ${to} 0 delivered`);
    }
  });

  it.each(["n1", "n2", "n3"])("lets a client from outside come in by %s", (node) => {
    for (const to of ["http://203.0.113.10", "svc/shop/catalog"]) {
      const { code, out } = runCli(["trace", "-f", shop, "--from", "external", "--to", to, "--node", node]);
      expect(/node (n\d)/.exec(out)?.[1]).toBe(node);
      expect(code).toBe(0);
    }
  });

  it("has a load balancer leave out nodes without an endpoint for externalTrafficPolicy Local", () => {
    const codes = ["n1", "n2", "n3"].map(
      (node) => runCli(["trace", "-f", shop, "--from", "external", "--to", "http://203.0.113.1", "--node", node]).code,
    );
    expect(codes.sort()).toEqual([0, 0, 1]);
  });

  it("refuses who is outside of a load balancer's source ranges", () => {
    const { code, out } = runCli(["trace", "-f", shop, "--from", "external:192.0.2.9", "--to", "http://203.0.113.2"]);
    expect(code).toBe(1);
    expect(out).toMatch(/^dropped: /m);
  });

  it("prints JSON that holds the same", () => {
    const { out } = runCli(["trace", "-f", shop, "--from", "pod/shop/client", "--to", "http://web", "--json"]);
    const trace = JSON.parse(out);
    expect(trace.disposition).toBe("delivered");
    expect(trace.request.hops[0].host).toBe("pod shop/client");
    expect(JSON.stringify(trace)).toContain('"source":"examples/shop/cluster.yaml"');
  });

  it("gives the same bytes for the same seed, and others for another", () => {
    const words = ["trace", "-f", shop, "--from", "pod/shop/client", "--to", "http://web"];
    const once = runCli([...words, "--seed", "a"]).out;
    expect(runCli([...words, "--seed", "a"]).out).toBe(once);
    expect(runCli([...words, "--seed", "b"]).out).not.toBe(once);
  });

  it("takes the mode that the input's configuration says", () => {
    const config = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\n";
    const text = stream(node, pods, service("selector: {app: web}\nports: [{port: 80, targetPort: http}]"), config);
    withFiles({ "in.yaml": text }, (folder) => {
      const words = ["trace", "-f", "in.yaml", "--from", "pod/default/client", "--to", "http://web"];
      expect(runCli(words, { workingDirectory: folder }).out).toContain("(ipvs, ");
      expect(runCli([...words, "--mode", "iptables"], { workingDirectory: folder }).out).toContain("(iptables, ");
    });
  });
});

describe("a KubeProxyConfiguration that asks for userspace mode", () => {
  it("is refused where it stands, in a file of its own too, with how to ask for it", () => {
    const config = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: userspace\n";
    withFiles({ "in.yaml": node, "config.yaml": config }, (folder) => {
      for (const more of [[], ["--mode", "userspace"]]) {
        const words = ["rules", "-f", "in.yaml", "-f", "config.yaml", ...more];
        const { code, err } = runCli(words, { workingDirectory: folder });
        expect(code).toBe(2);
        expect(err).toMatch(
          /config\.yaml:3:1: KubeProxyConfiguration\.Mode\.ProxyMode: Invalid value: "userspace": must/,
        );
        expect(err).toContain("leave mode out here and give --mode userspace");
      }
    });
  });
});

describe("a change in the same run", () => {
  const config = (mode: string): string =>
    `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.244.0.0/16\nmode: ${mode}\n`;
  const web = service("selector: {app: web}\nclusterIP: 10.96.0.80\nports: [{port: 80, targetPort: http}]");

  it("of the configuration counts when kube-proxy restarts, and leaves behind what it leaves", () => {
    withFiles({ "in.yaml": stream(node, pods, web, config("ipvs")), "iptables.yaml": config("iptables") }, (folder) => {
      const run = (...words: string[]) => runCli(["rules", "-f", "in.yaml", ...words], { workingDirectory: folder });
      const waiting = run("--change", "iptables.yaml", "--command", "iptables-save -t nat");
      expect(waiting.err).toMatch(/iptables\.yaml:2:1: kube-proxy on n1 runs with the configuration that it took/);
      expect(waiting.out).not.toContain("KUBE-SVC-");
      const restarted = run("--change", "iptables.yaml", "--restart", "--command", "iptables-save -t nat");
      expect([restarted.code, restarted.out]).toEqual([0, expect.stringContaining("KUBE-SVC-")]);
      expect(restarted.err).not.toContain("runs with the configuration");
      const left = run("--change", "iptables.yaml", "--restart", "--command", "ipvsadm -Ln");
      expect(left.out).toContain("TCP  10.96.0.80:80 rr");
    });
  });

  it("of objects comes when those before it have settled", () => {
    const paused = web.replace("app: web", "app: none");
    withFiles({ "in.yaml": stream(node, pods, web), "none.yaml": paused, "back.yaml": web }, (folder) => {
      const trace = (...words: string[]): number =>
        runCli(["trace", "-f", "in.yaml", ...words, "--from", "pod/default/client", "--to", "10.96.0.80:80"], {
          workingDirectory: folder,
        }).code;
      expect([trace(), trace("--change", "none.yaml")]).toEqual([0, 1]);
      expect(trace("--change", "none.yaml", "--change", "back.yaml")).toBe(0);
    });
  });
});

describe("trace with the rules of a dump", () => {
  const trace = ["trace", "-f", shop, "--from", "pod/shop/client", "--to", "http://web"];
  const withDump = (text: string): CliResult =>
    withFiles({ "dump.txt": text }, (folder) => runCli([...trace, "--iptables-save", `n1=${folder}/dump.txt`]));

  it("goes the way that they say, and shows them", () => {
    const dump = runCli(["rules", "-f", shop, "--node", "n1"]).out;
    expect(withDump(dump).code).toBe(0);
    const { code, out } = withDump(
      dump.replace(
        /-A KUBE-SERVICES -d (\S+)(.*"shop\/web:http cluster IP".*) -j KUBE-SVC-\w+/,
        "-A KUBE-SERVICES -d $1$2 -j DROP",
      ),
    );
    expect(out).toMatch(/^dropped: /m);
    expect(out).toMatch(/nat KUBE-SERVICES \d+\/\d+ +-d \S+ -p tcp -m tcp --dport 80 -j DROP/);
    expect(code).toBe(1);
  });

  it("refuses what is not modelled with the line of the dump", () => {
    const { code, err } = withDump(
      '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -m u32 --u32 "1" -j ACCEPT\nCOMMIT\n',
    );
    expect(err.replace(/^warning: .*\n/gm, "")).toMatch(
      /^error: \S+dump\.txt:3:\d+: iptables match "u32" is not modelled \(table nat, chain PREROUTING, line 3\)/,
    );
    expect(code).toBe(2);
  });

  it("refuses what is no dump", () => {
    const { code, err } = withDump("hello\n");
    expect(err.replace(/^warning: .*\n/gm, "")).toMatch(/^error: \S+dump\.txt:1:\d+: /);
    expect(code).toBe(2);
    expect(runCli([...trace, "--iptables-save", "dump.txt"]).err).toMatch(/--iptables-save takes NODE=FILE/);
  });
});

describe("shares", () => {
  const question = ["shares", "-f", shop, "--from", "pod/shop/client", "--to", "http://catalog"];

  it("prints what may happen, with percent and fraction", () => {
    const { code, out } = runCli(question);
    expect(code).toBe(0);
    const [head, ...rows] = out.trimEnd().split("\n");
    expect(head).toMatch(/^OUTCOME +ENDPOINT +HOST +SHARE +EXACT$/);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatch(/^delivered .*:8080 +pod shop\/catalog-\S+ +33\.33333335% +715827883\/2147483648$/);
  });

  it("gives the whole fractions as JSON", () => {
    const shares = JSON.parse(runCli([...question, "--json"]).out) as { numerator: string; denominator: string }[];
    expect(shares[1]).toMatchObject({ disposition: "delivered", numerator: "1431655765", denominator: "4294967296" });
  });

  it("asks from whom and where to", () => {
    expect(runCli(["shares", "-f", shop, "--to", "http://web"])).toMatchObject({ code: 2, out: "" });
    expect(runCli(["shares", "-f", shop, "--from", "pod/shop/client"])).toMatchObject({ code: 2, out: "" });
  });
});

describe("rules", () => {
  it("prints a table as iptables-save does", () => {
    const { code, out } = runCli(["rules", "-f", shop, "--node", "n1", "--table", "nat"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^\*nat\n:PREROUTING ACCEPT \[0:0\]\n/);
    expect(out).toContain("-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp");
    expect(out.endsWith("COMMIT\n")).toBe(true);
  });

  it("prints what ipvsadm and ipset show in ipvs mode", () => {
    const { out } = runCli(["rules", "-f", shop, "--node", "n2", "--mode", "ipvs"]);
    expect(out).toContain("# ipvsadm -Ln\nIP Virtual Server version 1.2.1");
    expect(out).toMatch(/TCP {2}10\.96\.0\.50:80 rr\n {2}-> 10\.244\.\d\.\d+:8080 +Masq +1 /);
    expect(out).toContain("Name: KUBE-CLUSTER-IP\nType: hash:ip,port");
  });

  it("takes a command in any of its spellings", () => {
    const run = (command: string): CliResult =>
      runCli(["rules", "-f", shop, "--node", "n2", "--mode", "ipvs", "--command", command]);
    expect(run("ipvsadm -L -n").out).toBe(run("ipvsadm -Ln").out);
    expect(run("iptables-save -t nat -c").out).toMatch(/^\[0:0\] -A KUBE-SERVICES /m);
    expect(run("ipset list KUBE-CLUSTER-IP").out.match(/^Name: .*/gm)).toEqual(["Name: KUBE-CLUSTER-IP"]);
    expect(run("ipset list NONE")).toMatchObject({ code: 2, out: "" });
    expect(run("iptables -t nat -L -n").err).toContain("cannot be run on a node");
    expect(run("nft list ruleset")).toMatchObject({ code: 0, out: "" });
    const none = run("nft list table ip kube-proxy");
    expect([none.code, none.out, none.err]).toEqual([2, "", expect.stringContaining("No such file or directory")]);
  });

  it("prints both of kube-proxy's tables as nft's ruleset", () => {
    const run = (command: string): string =>
      runCli(["rules", "-f", shop, "--node", "n2", "--mode", "nftables", "--command", command]).out;
    const tables = ["ip", "ip6"].map((family) => run(`nft list table ${family} kube-proxy`));
    expect(run("nft list ruleset")).toBe(tables.join(""));
  });

  it("refuses what a command says itself", () => {
    for (const more of [["--table", "nat"], ["-6"]]) {
      const { code, err } = runCli(["rules", "-f", shop, "--node", "n2", "--command", "iptables-save", ...more]);
      expect([code, err]).toEqual([2, expect.stringContaining("goes without --table and --ipv6")]);
    }
  });

  it("prints kube-proxy's table of a family in nftables mode", () => {
    const args = ["rules", "-f", shop, "--node", "n2", "--mode", "nftables"];
    expect(runCli(args).out).toMatch(/^table ip kube-proxy \{\n\tcomment "rules for kube-proxy"\n/);
    expect(runCli([...args, "--ipv6"]).out).toMatch(/^table ip6 kube-proxy \{\n/);
    expect(runCli([...args, "--table", "nat"]).out).not.toContain("KUBE-SERVICES");
  });
});

describe("get", () => {
  it("lists load balancers with the health of their targets", () => {
    const { out } = runCli(["get", "-f", shop, "loadbalancers", "shop/storefront"]);
    expect(out).toBe(
      [
        "load balancer shop/storefront   203.0.113.10   mode vip",
        "LISTENER   ALGORITHM    HEALTH CHECK         TARGET   ADDRESS         HEALTH",
        "TCP 80     five-tuple   HTTP 10256/healthz   n1       192.168.10.11   healthy",
        "                                             n2       192.168.10.12   healthy",
        "                                             n3       192.168.10.13   healthy",
        "",
      ].join("\n"),
    );
    const wrong = runCli(["get", "-f", shop, "lb", "shop/storefrnt"]);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain(
      "error: there is no load balancer shop/storefrnt\n       did you mean shop/storefront?\n",
    );
  });

  it("takes load balancers that stand in front of nodes", () => {
    const listeners = [{ port: 80, targets: { nodes: ["n1", "n9"], port: 30080 } }];
    const text = JSON.stringify([{ name: "public", addresses: ["198.51.100.80"], listeners }]);
    const run = (given: string) =>
      withFiles({ "lb.json": given }, (folder) =>
        runCli(["get", "-f", shop, "--load-balancers", `${folder}/lb.json`, "lb", "public"]),
      );
    const { out } = run(text);
    expect(out).toMatch(/^TCP 80 +five-tuple +TCP 30080 +n1 +192\.168\.10\.11:30080 +healthy$/m);
    expect(out).toMatch(/^ +n9 +<none> +unhealthy: there is no such Node with an address$/m);
    expect(run("[")).toMatchObject({ code: 2, err: expect.stringMatching(/^error: .*lb\.json is no JSON: /) });
    expect(run(text.replace('"port":80', '"port":0')).err).toContain(
      "listeners[0].port: must be a port from 1 to 65535, not 0",
    );
  });

  it("lists Services as kubectl does", () => {
    const { out } = runCli(["get", "-f", shop, "svc", "-n", "shop"]);
    expect(out.split("\n")[0]).toMatch(/^NAME {9}TYPE {11}CLUSTER-IP {6,7}EXTERNAL-IP {7}PORT\(S\) {11}AGE$/);
    expect(out).toMatch(/^storefront +LoadBalancer +10\.\d+\.\d+\.\d+ +203\.0\.113\.10 +80:30080\/TCP +0s$/m);
    expect(out).toMatch(/^db +ClusterIP +None +<none> +5432\/TCP +0s$/m);
    expect(out).toMatch(/^erp +ExternalName +<none> +erp\.example\.com +<none> +0s$/m);
  });

  it("reads folders, several files, standard input, JSON and lists", () => {
    const list = JSON.stringify({
      apiVersion: "v1",
      kind: "List",
      items: [{ apiVersion: "v1", kind: "Service", metadata: { name: "json" }, spec: { ports: [{ port: 1 }] } }],
    });
    withFiles({ "a.yaml": service("ports: [{port: 1}]", "a"), "b.json": list, "c.txt": "not: read" }, (folder) => {
      const { code, out } = runCli(["get", "-f", ".", "-f", "-", "svc"], {
        workingDirectory: folder,
        input: service("ports: [{port: 1}]", "stdin"),
      });
      expect(code).toBe(0);
      expect(out.match(/^default +\S+/gm)?.map((row) => row.split(/ +/)[1])).toEqual([
        "a",
        "json",
        "kubernetes",
        "stdin",
      ]);
    });
  });
});

describe("compare", () => {
  it("counts userspace mode's two connections when asked to", () => {
    const { out } = runCli(["compare", "-f", shop, "--services", "1,11", "--json", "--userspace"]);
    const [one, eleven] = JSON.parse(out);
    expect(eleven.userspace.rulesCompared - one.userspace.rulesCompared).toBe(2 * 10);
    expect(eleven.userspace.natBindings).toBe(1);
  });

  it("counts one more rule for each Service in iptables mode, and always the same in ipvs and nftables mode", () => {
    const { code, out } = runCli(["compare", "-f", shop, "--services", "1,2,3,50,700", "--json"]);
    expect(code).toBe(0);
    const rows = JSON.parse(out) as {
      services: number;
      iptables: { rulesCompared: number };
      ipvs: Record<string, number>;
      nftables: Record<string, number>;
    }[];
    const offset = rows[0]!.iptables.rulesCompared - 1;
    expect(rows.map((row) => row.iptables.rulesCompared)).toEqual([1, 2, 3, 50, 700].map((n) => n + offset));
    for (const row of rows) expect(row.ipvs.rulesCompared).toEqual(rows[0]!.ipvs.rulesCompared);
    for (const row of rows) expect(row.nftables).toEqual(rows[0]!.nftables);
    for (const row of rows) expect(row.ipvs.hashLookups).toEqual(rows[0]!.ipvs.hashLookups);
  });

  it("counts the virtual servers that IPVS compares in a bucket: the newest is the first", () => {
    const { out } = runCli(["compare", "-f", shop, "--services", "1,700", "--json"]);
    const rows = JSON.parse(out) as { ipvs: Record<string, number> }[];
    expect(rows.map(({ ipvs }) => ipvs.bucketEntriesCompared)).toEqual([1, 1]);
  });

  it("estimates by the model that is asked for, and says by name what that has no constant for", () => {
    const model = (text: string): { code: number; out: string; err: string } =>
      runCli(["compare", "-f", shop, "--services", "1", "--cost-model", text]);
    expect(model("linux-6.1-uml").out).toMatch(/\(0\.2–1\.5\) .* none\n/);
    expect(model("linux-6.1-uml").out).toContain(
      "none for nftables: linux-6.1-uml has no constant for nftNat (the kernel that was measured has no nf_tables for IPv4)\n",
    );
    expect(model("linux-7")).toMatchObject({ code: 2, out: "" });
    expect(model("linux-7").err).toContain("the built-in ones are linux-6.1-uml");
    const mine = `name: mine\nkernel: k\ndate: "2026-01-02"\nmachine: m\nmethod: x\nsource: me\nconstants:\n  iptablesRule: {ns: 2, rangeNs: [1, 3]}\n`;
    withFiles({ "in.yaml": node, "mine.yaml": mine, "bad.yaml": mine.replace("source: me\n", "") }, (folder) => {
      const shown = (file: string): { code: number; out: string; err: string } =>
        runCli(["compare", "-f", "in.yaml", "--services", "1", "--cost-model", file], { workingDirectory: folder });
      expect(shown("mine.yaml").out).toContain("[1] mine: k; 2026-01-02");
      expect(shown("bad.yaml")).toMatchObject({ code: 2, out: "" });
      expect(shown("bad.yaml").err).toContain("bad.yaml: source must be a text");
    });
  });

  it("writes the plot", () => {
    withFiles({ "in.yaml": node }, (folder) => {
      const options = { workingDirectory: folder };
      const { out } = runCli(["compare", "-f", "in.yaml", "--services", "1,10", "--svg", "growth.svg"], options);
      expect(out).toContain("plot: growth.svg\n");
    });
  });

  it.each(["0", "a,b", "1,,2", "1000000"])("refuses --services %s", (services) => {
    const { code, err } = runCli(["compare", "-f", shop, "--services", services]);
    expect(code).toBe(2);
    expect(err).toContain("--services takes numbers from 1 to 200000");
  });
});

describe("bad input is told in one message, ends with 2 and prints nothing else", () => {
  const port = "ports: [{port: 80}]";
  const cases: readonly (readonly [what: string, text: string, message: RegExp])[] = [
    ["broken YAML", "apiVersion: v1\nkind: Service\n  metadata: x\n", /in\.yaml:[23]:\d+: /],
    [
      "an unknown kind",
      "apiVersion: v1\nkind: Servise\nmetadata: {name: a}\n",
      /in\.yaml:2:1: .*\n.*did you mean Service/,
    ],
    ["no kind", "apiVersion: v1\nmetadata: {name: a}\n", /in\.yaml:1:1: .*'Kind' is missing/],
    ["an unknown field", service(`${port}\nselectr: {a: b}\n`), /in\.yaml:7:3: .*selectr/],
    ["a wrong type", service("ports: [{port: eighty}]\n"), /in\.yaml:6:12: .*cannot unmarshal string/],
    [
      "a duplicate cluster IP",
      stream(service(`clusterIP: 10.96.0.80\n${port}`, "a"), service(`clusterIP: 10.96.0.80\n${port}`, "b")),
      /in\.yaml:\d+:\d+: Service "b" is invalid: .*provided IP is already allocated/,
    ],
    [
      "a duplicate node port",
      stream(
        service("type: NodePort\nports: [{port: 80, nodePort: 30080}]", "a"),
        service("type: NodePort\nports: [{port: 80, nodePort: 30080}]", "b"),
      ),
      /in\.yaml:\d+:\d+: Service "b" is invalid: .*provided port is already allocated/,
    ],
    [
      "a node port out of range",
      service("type: NodePort\nports: [{port: 80, nodePort: 80}]"),
      /in\.yaml:7:\d+: .*The range of valid ports is 30000-32767/,
    ],
    ["an alias bomb", aliasBomb(), /in\.yaml:\d+:\d+: .*alias/i],
    ["a file that is no text", "\u0000\u0001binary", /in\.yaml/],
  ];

  it.each(cases)("%s", (_, text, message) => {
    const { code, out, err } = read(text);
    expect(err).toMatch(message);
    expect(err).toMatch(/^error: /);
    expect(err.match(/^error: /gm)).toHaveLength(1);
    expect(err).not.toMatch(/^\s+at .*\.[tj]s/m);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  it("a file of 50 MB", () => {
    const { code, err } = withFiles({ "in.yaml": "#".repeat(50_000_000) }, (folder) =>
      runCli(["get", "-f", "in.yaml", "svc"], { workingDirectory: folder }),
    );
    expect({ code, err }).toEqual({
      code: 2,
      err: "error: in.yaml:1:1: the object that begins here has more than 32 Mi characters\n       write the objects of a List one by one: jq -c '.items[]'\n",
    });
  });

  it("a file that is not there", () => {
    const { code, err } = runCli(["get", "-f", "nowhere.yaml", "svc"]);
    expect({ code, err }).toEqual({ code: 2, err: "error: nowhere.yaml: no such file or folder\n" });
  });

  it.each([
    [
      "http://wbe",
      /could not resolve host wbe for pod\/shop\/client: Name or service not known\n.*did you mean web\.shop/,
    ],
    ["svc/shop/wep:80", /there is no Service shop\/wep\n.*did you mean svc\/shop\/web/],
    ["svc/shop/api:ssh", /has no port ssh\n.*http = 80\/tcp, grpc = 9090\/tcp/],
    ["svc/shop/api", /has several ports/],
    ["svc/shop/db:postgres", /is headless/],
    ["svc/shop/erp:80", /is only another name for erp\.example\.com/],
    ["nonsense", /is not a place that a packet can go to\n.*expected a URL/],
  ])("--to %s", (to, message) => {
    const { code, err } = runCli(["trace", "-f", shop, "--from", "pod/shop/client", "--to", to]);
    expect(err.replace(/^warning: .*\n/gm, "")).toMatch(message);
    expect(code).toBe(2);
  });

  it.each([
    ["pod/shop/cleint", /there is no Pod shop\/cleint\n.*did you mean pod\/shop\/client/],
    ["node/n9", /there is no Node n9/],
    ["somewhere", /is not where a packet can start from\n.*expected pod/],
    ["external:1.2.3", /"1\.2\.3" is not an IP address/],
  ])("--from %s", (from, message) => {
    const { code, err } = runCli(["trace", "-f", shop, "--from", from, "--to", "10.96.0.1:443"]);
    expect(err.replace(/^warning: .*\n/gm, "")).toMatch(message);
    expect(code).toBe(2);
  });

  it.each([
    [["trcae"], /there is no command "trcae"\n.*did you mean trace\?/],
    [["trace", "--form", "x"], /trace has no option --form\n.*did you mean --from\?/],
    [["trace", "-f"], /-f, --file/],
    [["get", "-f", shop, "servics"], /does not know the kind "servics"\n.*did you mean services\?/],
    [["get", "svc"], /no input\n.*-f/],
    [
      ["trace", "-f", shop, "--from", "pod/shop/client", "--to", "1.2.3.4:5", "--node", "n1"],
      /--node is the node by which/,
    ],
    [["trace", "-f", shop, "--from", "external", "--to", "1.2.3.4:5", "--node", "n7"], /there is no Node n7/],
    [["rules", "-f", shop], /which node\?\n.*n1, n2, n3/],
    [
      ["rules", "-f", shop, "--node", "n1", "--mode", "iptabels"],
      /--mode takes iptables, .*userspace.*\n.*did you mean iptables/,
    ],
    [["rules", "-f", shop, "--node", "n1", "--table", "nats"], /there is no table "nats"\n.*did you mean nat\?/],
  ])("the command line %j", (words, message) => {
    const { code, err } = runCli(words);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/^\s+at /m);
    expect(code).toBe(2);
  });
});

describe("what is only warned of does not stop a run", () => {
  it("a selector that matches nothing", () => {
    const { code, err } = read(stream(node, pods, service("selector: {app: wbe}\nports: [{port: 80}]")));
    expect(err).toMatch(/^warning: in\.yaml:\d+:\d+: Service default\/web: its selector app=wbe matches no Pod\n$/);
    expect(code).toBe(0);
  });

  it("a target port name that no Pod has", () => {
    const { code, err } = read(
      stream(node, pods, service("selector: {app: web}\nports: [{port: 80, targetPort: htpp}]")),
    );
    expect(err).toMatch(
      /^warning: in\.yaml:\d+:\d+: Service default\/web: none of its Pods has a port named "htpp"\n$/,
    );
    expect(code).toBe(0);
  });

  it("no Node", () => {
    expect(read(pods).err).toMatch(/there is no Node/);
  });
});

describe("help and progress", () => {
  it("explains every command", () => {
    for (const name of ["trace", "rules", "compare", "get", "serve", "tour"]) {
      expect(runCli(["help", name]).out).toMatch(new RegExp(`^usage: kubenetsim ${name}`));
      expect(runCli([name, "--help"]).out).toBe(runCli(["help", name]).out);
    }
    expect(runCli([]).out).toBe(runCli(["help"]).out);
  });

  it("shows progress only where lines can be rewritten, only when it takes long, and clears it", () => {
    const words = ["compare", "-f", shop, "--services", "1,2"];
    expect(runCli(words, { tickMs: 5000 }).err).not.toContain("\r");
    expect(runCli(words, { tickMs: 1, showsProgress: true }).err).not.toContain("\r");
    const { err } = runCli(words, { tickMs: 5000, showsProgress: true });
    expect(err).toContain("\r\u001b[2K2 Services in ipvs mode");
    expect(err.replace(/^warning: .*\n/gm, "").endsWith("\r\u001b[2K")).toBe(true);
  });
});

describe("what cannot be found or written", () => {
  it("get says of a name that no object has what kubectl says", () => {
    const { code, out, err } = runCli(["get", "-f", shop, "svc", "nope"]);
    expect(err).toContain('Error from server (NotFound): services "nope" not found\n');
    expect(out).toBe("");
    expect(code).toBe(1);
  });

  it.each([
    [["compare", "-f", shop, "--svg", "nowhere/x.svg", "--services", "200000"], /cannot be written: its folder/],
    [["compare", "-f", shop, "--svg", "test", "--services", "200000"], /test: cannot be written: it is a folder/],
    [
      ["compare", "-f", shop, "--services", "50000", "--userspace"],
      /--services takes numbers from 1 to 28000 with --userspace, not "50000"/,
    ],
    [["compare", "-f", shop, "--services", "-1"], /--services takes numbers from 1 to 200000, not "-1"/],
    [["trace", "-f", shop, "--from", "node/zz", "--to", "http://web"], /there is no Node zz/],
    [["trace", "-f", shop, "--from", "pod/client", "--to", "http://web.shop"], /did you mean pod\/shop\/client\?/],
    [["trace", "-f", shop, "--from", "node/n1", "--to", `1.1.1.1:${"9".repeat(999)}`], /"1\.1\.1\.1:9{72}…" is not/],
  ])("%j", (words, message) => {
    const { code, out, err } = runCli(words);
    expect(err).toMatch(message);
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  it("no objects at all", () => {
    const { code, err } = read("# nothing\n");
    expect(err).toBe("error: no objects in in.yaml\n");
    expect(code).toBe(2);
  });

  it.skipIf(!existsSync("/dev/full") || !existsSync(`${root}/packages/kubenetsim/dist/cli/main.js`))(
    "a full disk is no bug",
    () => {
      const full = openSync("/dev/full", "w");
      const { status, stderr } = spawnSync(process.execPath, ["packages/kubenetsim/bin/kubenetsim.js", "version"], {
        cwd: root,
        stdio: ["ignore", full, "pipe"],
        encoding: "utf8",
      });
      closeSync(full);
      expect(stderr).toBe("error: standard output cannot be written: no space is left on the device\n");
      expect(status).toBe(2);
    },
  );

  it("says why a Pod cannot send", () => {
    const lost = pods.replace("nodeName: n1", "nodeName: nope");
    withFiles({ "in.yaml": stream(node, lost) }, (folder) => {
      const words = ["trace", "-f", "in.yaml", "--from", "pod/client", "--to", "10.96.0.1:443"];
      const { code, err } = runCli(words, { workingDirectory: folder });
      expect(err).toMatch(/^warning: in\.yaml:\d+:\d+: Pod default\/client stays pending: node nope does not exist$/m);
      expect(err).toMatch(/^error: Pod default\/client is not on the network: node nope does not exist$/m);
      expect(code).toBe(2);
    });
  });
});

/** Nine levels of ten aliases each: a billion nodes if somebody wrote them out. */
function aliasBomb(): string {
  const levels = Array.from({ length: 9 }, (_, i) => {
    const inner = i === 0 ? "x" : `*a${i - 1}`;
    return `a${i}: &a${i} [${Array(10).fill(inner).join(", ")}]`;
  });
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\n${levels.join("\n")}\n`;
}
