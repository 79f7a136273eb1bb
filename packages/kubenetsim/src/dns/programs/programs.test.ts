import { beforeAll, describe, expect, it } from "vitest";
import { Cluster } from "../../cluster/cluster.ts";

const objects = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { clusterIP: 10.96.7.1, ports: [{ name: http, port: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: client, namespace: shop }
spec: { containers: [{ name: c, image: busybox }], hostAliases: [{ ip: 192.168.1.10, hostnames: [web.aliangedu.cn] }] }
`;

let lab: Cluster;
beforeAll(() => {
  lab = Cluster.create({ nodes: ["n1"], kubeadm: true });
  lab.apply(objects);
  lab.settle();
});

const sh = (line: string): string => {
  const { stdout, stderr, exitCode } = lab.pod("shop/client").sh(line);
  return `${stdout}${stderr}[${exitCode}]`;
};

/** Texts as those of BIND 9.18.49 and glibc 2.36, from a CoreDNS with these records. */
describe("dig in a Pod", () => {
  it("prints an answer", () => {
    const printed = sh("dig web.shop.svc.cluster.local");
    expect(printed.replace(/id: \d+/, "id: 42496")).toBe(`
; <<>> DiG 9.18.49-1~deb12u3-Debian <<>> web.shop.svc.cluster.local
;; global options: +cmd
;; Got answer:
;; WARNING: .local is reserved for Multicast DNS
;; You are currently testing what happens when an mDNS query is leaked to DNS
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 42496
;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1
;; WARNING: recursion requested but not available

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
;; QUESTION SECTION:
;web.shop.svc.cluster.local.	IN	A

;; ANSWER SECTION:
web.shop.svc.cluster.local. 30	IN	A	10.96.7.1

;; Query time: 0 msec
;; SERVER: 10.96.0.10#53(10.96.0.10) (UDP)
;; WHEN: Thu Jan 01 00:00:00 UTC 2026
;; MSG SIZE  rcvd: 97

[0]`);
  });

  it("sets out records in columns", () => {
    expect(sh("dig +noall +question +answer +additional _http._tcp.web.shop.svc.cluster.local SRV")).toBe(
      ";_http._tcp.web.shop.svc.cluster.local. IN SRV\n" +
        "_http._tcp.web.shop.svc.cluster.local. 30 IN SRV 0 100 80 web.shop.svc.cluster.local.\n" +
        "web.shop.svc.cluster.local. 30	IN	A	10.96.7.1\n[0]",
    );
    expect(sh("dig +noall +answer -x 10.96.7.1")).toBe(
      "1.7.96.10.in-addr.arpa.	30	IN	PTR	web.shop.svc.cluster.local.\n[0]",
    );
    expect(
      sh("dig +noall +authority +tcp nope.shop.svc.cluster.local AAAA").replace(/local\. \d+ 7200/, "local. 1 7200"),
    ).toBe("cluster.local.		30	IN	SOA	ns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 30\n[0]");
  });

  it("takes the search list only with +search, and prints data alone with +short", () => {
    expect(sh("dig +short web")).toBe("[0]");
    expect(sh("dig +short +search web")).toBe("10.96.7.1\n[0]");
  });

  it("says where no server is", () => {
    expect(sh("dig @10.96.7.1 web +tries=1")).toBe(
      ";; communications error to 10.96.7.1#53: timed out\n\n; <<>> DiG 9.18.49-1~deb12u3-Debian <<>> @10.96.7.1 web +tries=1\n" +
        "; (1 server found)\n;; global options: +cmd\n;; no servers could be reached\n[9]",
    );
  });
});

describe("what dig and nslookup refuse", () => {
  it.each([
    ["dig a..b", "dig: 'a..b' is not a legal name (empty label)\n[10]"],
    [`dig ${"x".repeat(64)}.com`, `dig: '${"x".repeat(64)}.com' is not a legal name (label too long)\n[10]`],
    ["dig -p 99999 web", "invalid port number '99999': out of range\ndig: Couldn't parse port number\n[1]"],
    ["dig +bufsize=x web", "invalid buffer size 'x': not a valid number\ndig: Couldn't parse buffer size\n[10]"],
    ["dig @nope web", "dig: couldn't get address for 'nope': not found\n[1]"],
    ["nslookup a..b", "nslookup: 'a..b' is not in legal name syntax (empty label)\n[1]"],
    ["nslookup web nope", "nslookup: couldn't get address for 'nope': not found\n[1]"],
  ])("%s", (line, printed) => {
    expect(sh(line)).toBe(printed);
  });
});

describe("nslookup in a Pod", () => {
  it("finds a name by the search list", () => {
    expect(sh("nslookup web")).toBe(`;; Got recursion not available from 10.96.0.10
Server:		10.96.0.10
Address:	10.96.0.10#53

Name:	web.shop.svc.cluster.local
Address: 10.96.7.1
;; Got recursion not available from 10.96.0.10

[0]`);
  });

  it("says nothing of recursion where the server is named", () => {
    expect(sh("nslookup web.shop.svc.cluster.local 10.96.0.10")).toBe(
      "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\nName:\tweb.shop.svc.cluster.local\nAddress: 10.96.7.1\n\n[0]",
    );
  });

  it("finds the name of an address, and other types", () => {
    expect(sh("nslookup 10.96.7.1")).toBe(
      ";; Got recursion not available from 10.96.0.10\n1.7.96.10.in-addr.arpa\tname = web.shop.svc.cluster.local.\n\n[0]",
    );
    expect(sh("nslookup -type=srv _http._tcp.web.shop")).toBe(`;; Got recursion not available from 10.96.0.10
;; Got recursion not available from 10.96.0.10
Server:		10.96.0.10
Address:	10.96.0.10#53

_http._tcp.web.shop.svc.cluster.local	service = 0 100 80 web.shop.svc.cluster.local.

[0]`);
    expect(sh("nslookup -type=aaaa web.shop.svc.cluster.local.")).toMatch(
      /\n\*\*\* Can't find web\.shop\.svc\.cluster\.local\.?: No answer\n\n\[0\]$/,
    );
  });

  it("says what it cannot find", () => {
    expect(sh("nslookup nope | tail -n 3")).toBe("\n** server can't find nope: NXDOMAIN\n\n[0]");
    expect(sh("nslookup nope").endsWith("[1]")).toBe(true);
  });
});

describe("other ways to a name", () => {
  it("are curl's, which tells what it cannot resolve", () => {
    expect(sh("curl -s http://web")).toBe("[7]");
    expect(sh("curl http://nope")).toBe("curl: (6) Could not resolve host: nope\n[6]");
  });

  it("are getent, and the files that the kubelet writes", () => {
    expect(sh("getent hosts web web.aliangedu.cn")).toBe(
      "10.96.7.1       web.shop.svc.cluster.local\n192.168.1.10    web.aliangedu.cn\n[0]",
    );
    expect(sh("getent ahosts web")).toBe(
      "10.96.7.1       STREAM web.shop.svc.cluster.local\n10.96.7.1       DGRAM  \n10.96.7.1       RAW    \n[0]",
    );
    expect(sh("getent hosts nope")).toBe("[2]");
    expect(sh("cat /etc/resolv.conf")).toBe(
      "search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n[0]",
    );
    expect(sh("grep aliang /etc/hosts")).toBe("192.168.1.10\tweb.aliangedu.cn\n[0]");
  });

  it("are on nodes too, which do not ask the cluster by themselves", () => {
    const node = lab.node("n1");
    expect(node.sh`cat /etc/resolv.conf`.stdout).toBe("nameserver 192.168.10.1\n");
    expect(node.sh`dig @10.96.0.10 +short web.shop.svc.cluster.local`.stdout).toBe("10.96.7.1\n");
    expect(node.sh`nslookup web.shop.svc.cluster.local`.exitCode).toBe(1);
  });
});
