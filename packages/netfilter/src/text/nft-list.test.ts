import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it } from "vitest";
import { NftStore } from "../nft/nft-store.ts";
import { tableCreation } from "../nft/table-creation.ts";
import { canonicalNftList } from "./nft-canonical.ts";
import { parseNftCommands } from "./nft-command-parse.ts";
import { printNftTransaction } from "./nft-command-print.ts";
import { formatNftDuration, parseNftDuration } from "./nft-duration.ts";
import { parseNftList } from "./nft-list-parse.ts";
import { printNftList } from "./nft-list-print.ts";

/** What nft 1.0.6 listed of a real kube-proxy's table. */
const listed = `table ip kube-proxy {
	comment "rules for kube-proxy"
	set hairpin-connections {
		type ipv4_addr . ipv4_addr . inet_proto . inet_service
		comment "service hairpin connections"
		elements = { 10.244.0.3 . 10.244.0.3 . tcp . 53,
			     10.244.0.3 . 10.244.0.3 . udp . 53,
			     10.244.0.9 . 10.244.0.9 . tcp . 8080,
			     10.244.0.10 . 10.244.0.10 . tcp . 8080,
			     10.244.0.20 . 10.244.0.20 . tcp . 8080 }
	}

	set cluster-ips {
		type ipv4_addr
		comment "Active ClusterIPs"
		elements = { 10.96.0.10, 10.96.0.11,
			     10.96.0.12, 10.96.0.13 }
	}

	set nodeport-ips {
		type ipv4_addr
		comment "IPs that accept NodePort traffic"
		elements = { 192.168.0.2 }
	}

	map no-endpoint-services {
		type ipv4_addr . inet_proto . inet_service : verdict
		comment "vmap to drop or reject packets to services with no endpoints"
		elements = { 10.96.0.12 . tcp . 80 comment "default/empty:http" : goto reject-chain }
	}

	map no-endpoint-nodeports {
		type inet_proto . inet_service : verdict
		comment "vmap to drop or reject packets to service nodeports with no endpoints"
	}

	map firewall-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		comment "destinations that are subject to LoadBalancerSourceRanges"
		elements = { 1.2.3.4 . tcp . 80 : goto firewall-D2RGPZ6L-default/lb/tcp/http }
	}

	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		comment "ClusterIP, ExternalIP and LoadBalancer IP traffic"
		elements = { 10.96.0.11 . tcp . 53 : goto service-PXHAI4EJ-kube-system/dns/tcp/dns-tcp,
			     10.96.0.11 . udp . 53 : goto service-2YY5BS5C-kube-system/dns/udp/dns,
			     1.2.3.4 . tcp . 80 : goto external-D2RGPZ6L-default/lb/tcp/http,
			     10.96.0.10 . tcp . 80 : goto service-PFISGYVC-default/web/tcp/,
			     10.96.0.13 . tcp . 80 : goto service-D2RGPZ6L-default/lb/tcp/http,
			     192.168.99.22 . tcp . 80 : goto external-D2RGPZ6L-default/lb/tcp/http }
	}

	map service-nodeports {
		type inet_proto . inet_service : verdict
		comment "NodePort traffic"
		elements = { tcp . 30080 : goto external-PFISGYVC-default/web/tcp/,
			     tcp . 30081 : goto external-D2RGPZ6L-default/lb/tcp/http }
	}

	set affinity-E5HKXXJ3-kube-system/dns/udp/dns__10.244.0.3/53 {
		type ipv4_addr
		size 65535
		flags dynamic,timeout
		timeout 3h
	}

	set affinity-574LUUO4-kube-system/dns/udp/dns__10.244.1.3/53 {
		type ipv4_addr
		size 65535
		flags dynamic,timeout
		timeout 3h
	}

	set affinity-TQ4M2URJ-kube-system/dns/tcp/dns-tcp__10.244.0.3/53 {
		type ipv4_addr
		size 65535
		flags dynamic,timeout
		timeout 3h
	}

	set affinity-WNMCPGA6-kube-system/dns/tcp/dns-tcp__10.244.1.3/53 {
		type ipv4_addr
		size 65535
		flags dynamic,timeout
		timeout 3h
	}

	chain filter-prerouting-pre-dnat {
		type filter hook prerouting priority dstnat - 10; policy accept;
		ct state new jump firewall-check
	}

	chain filter-output-pre-dnat {
		type filter hook output priority -110; policy accept;
		ct state new jump firewall-check
	}

	chain filter-input {
		type filter hook input priority filter; policy accept;
		ct state new jump nodeport-endpoints-check
		ct state new jump service-endpoints-check
	}

	chain filter-forward {
		type filter hook forward priority filter; policy accept;
		ct state new jump service-endpoints-check
		ct state new jump cluster-ips-check
	}

	chain filter-output {
		type filter hook output priority filter; policy accept;
		ct state new jump service-endpoints-check
		ct state new jump cluster-ips-check
	}

	chain nat-prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		jump services
	}

	chain nat-output {
		type nat hook output priority -100; policy accept;
		jump services
	}

	chain nat-postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		jump masquerading
	}

	chain nodeport-endpoints-check {
		ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports
	}

	chain service-endpoints-check {
		ip daddr . meta l4proto . th dport vmap @no-endpoint-services
	}

	chain firewall-check {
		ip daddr . meta l4proto . th dport vmap @firewall-ips
	}

	chain services {
		ip daddr @cluster-ips ip saddr != 10.0.0.0/8 meta mark set meta mark | 0x00004000 comment "masquerade clusterIP traffic from outside cluster"
		ip daddr . meta l4proto . th dport vmap @service-ips
		ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
	}

	chain masquerading {
		meta mark & 0x00004000 != 0x00000000 meta mark set meta mark ^ 0x00004000 masquerade fully-random
		ct status dnat ip saddr . ip daddr . meta l4proto . th dport @hairpin-connections masquerade fully-random
	}

	chain cluster-ips-check {
		ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"
		ip daddr 10.96.0.0/12 drop comment "Drop traffic to unallocated ClusterIPs"
	}

	chain reject-chain {
		comment "helper for @no-endpoint-services / @no-endpoint-nodeports"
		reject
	}

	chain service-PFISGYVC-default/web/tcp/ {
		meta l4proto tcp dnat ip to numgen random mod 3 map { 0 : 10.244.0.10 . 8080, 1 : 10.244.0.9 . 8080, 2 : 10.244.1.2 . 8080 }
	}

	chain external-PFISGYVC-default/web/tcp/ {
		meta mark set meta mark | 0x00004000 comment "masquerade"
		goto service-PFISGYVC-default/web/tcp/
	}

	chain endpoint-E5HKXXJ3-kube-system/dns/udp/dns__10.244.0.3/53 {
		update @affinity-E5HKXXJ3-kube-system/dns/udp/dns__10.244.0.3/53 { ip saddr }
		meta l4proto udp dnat to 10.244.0.3:53
	}

	chain endpoint-574LUUO4-kube-system/dns/udp/dns__10.244.1.3/53 {
		update @affinity-574LUUO4-kube-system/dns/udp/dns__10.244.1.3/53 { ip saddr }
		meta l4proto udp dnat to 10.244.1.3:53
	}

	chain service-2YY5BS5C-kube-system/dns/udp/dns {
		ip saddr @affinity-E5HKXXJ3-kube-system/dns/udp/dns__10.244.0.3/53 goto endpoint-E5HKXXJ3-kube-system/dns/udp/dns__10.244.0.3/53
		ip saddr @affinity-574LUUO4-kube-system/dns/udp/dns__10.244.1.3/53 goto endpoint-574LUUO4-kube-system/dns/udp/dns__10.244.1.3/53
		numgen random mod 2 vmap { 0 : goto endpoint-E5HKXXJ3-kube-system/dns/udp/dns__10.244.0.3/53, 1 : goto endpoint-574LUUO4-kube-system/dns/udp/dns__10.244.1.3/53 }
	}

	chain endpoint-TQ4M2URJ-kube-system/dns/tcp/dns-tcp__10.244.0.3/53 {
		update @affinity-TQ4M2URJ-kube-system/dns/tcp/dns-tcp__10.244.0.3/53 { ip saddr }
		meta l4proto tcp dnat to 10.244.0.3:53
	}

	chain endpoint-WNMCPGA6-kube-system/dns/tcp/dns-tcp__10.244.1.3/53 {
		update @affinity-WNMCPGA6-kube-system/dns/tcp/dns-tcp__10.244.1.3/53 { ip saddr }
		meta l4proto tcp dnat to 10.244.1.3:53
	}

	chain service-PXHAI4EJ-kube-system/dns/tcp/dns-tcp {
		ip saddr @affinity-TQ4M2URJ-kube-system/dns/tcp/dns-tcp__10.244.0.3/53 goto endpoint-TQ4M2URJ-kube-system/dns/tcp/dns-tcp__10.244.0.3/53
		ip saddr @affinity-WNMCPGA6-kube-system/dns/tcp/dns-tcp__10.244.1.3/53 goto endpoint-WNMCPGA6-kube-system/dns/tcp/dns-tcp__10.244.1.3/53
		numgen random mod 2 vmap { 0 : goto endpoint-TQ4M2URJ-kube-system/dns/tcp/dns-tcp__10.244.0.3/53, 1 : goto endpoint-WNMCPGA6-kube-system/dns/tcp/dns-tcp__10.244.1.3/53 }
	}

	chain service-D2RGPZ6L-default/lb/tcp/http {
		meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 10.244.0.20 . 8080, 1 : 10.244.1.20 . 8080 }
	}

	chain local-D2RGPZ6L-default/lb/tcp/http {
		meta l4proto tcp dnat to 10.244.0.20:8080
	}

	chain external-D2RGPZ6L-default/lb/tcp/http {
		ip saddr 10.0.0.0/8 goto service-D2RGPZ6L-default/lb/tcp/http comment "short-circuit pod traffic"
		fib saddr type local meta mark set meta mark | 0x00004000 comment "masquerade local traffic"
		fib saddr type local goto service-D2RGPZ6L-default/lb/tcp/http comment "short-circuit local traffic"
		goto local-D2RGPZ6L-default/lb/tcp/http
	}

	chain firewall-D2RGPZ6L-default/lb/tcp/http {
		ip saddr != { 1.2.3.4, 192.168.0.0/24, 203.0.113.0/24 } drop
	}
}
`;

/** Sets with times, ranges and counters, as nft 1.0.6 listed them. */
const sets = `table ip t {
	counter k {
		comment "cc"
		packets 5 bytes 7
	}

	set a {
		type ipv4_addr
		size 65535
		flags dynamic,timeout
		timeout 3h
		elements = { 1.2.3.4 expires 2h59m59s960ms, 1.2.3.5 timeout 1m expires 59s960ms,
			     1.2.3.6 timeout 1m30s expires 29s960ms comment "hi" }
	}

	set b {
		type ipv4_addr
		size 5
		timeout 1d2h3m4s
		comment "x"
	}

	set k {
		type ipv4_addr
		flags timeout
		elements = { 1.1.1.1 timeout 1d2h3m4s4ms expires 1d2h3m3s964ms, 1.1.1.2 }
	}

	map m {
		type ipv4_addr : verdict
		flags interval,timeout
		timeout 1d
		comment "hello"
		elements = { 10.0.0.0/8 timeout 5s expires 4s960ms : drop }
	}

	chain base {
		comment "base"
		type filter hook input priority filter - 5; policy accept;
	}
}
table ip6 o {
}
`;

describe("nft list", () => {
  it.each([
    ["kube-proxy's table", listed],
    ["sets with times", sets],
  ])("reads %s and prints it as it was", (_, text) => {
    expect(parseNftList(text).map(printNftList).join("")).toBe(text);
  });

  it("is the same after the table was fed to nft", () => {
    const [table] = parseNftList(listed);
    const store = new NftStore();
    for (const one of parseNftCommands(printNftTransaction(tableCreation(table!)))) store.apply(one);
    expect(printNftList(store.table("ip", "kube-proxy")!)).toBe(listed);
  });

  it("has a canonical form: blocks by name, elements one a line by their text", () => {
    const text = canonicalNftList(parseNftList(listed)[0]!);
    expect(text.startsWith('table ip kube-proxy {\n\tcomment "rules for kube-proxy"\n\tset affinity-574')).toBe(true);
    expect(text).toContain("\t\telements = {\n\t\t\t10.96.0.10,\n\t\t\t10.96.0.11,\n");
    expect(text).toContain(
      "\t\t\t1.2.3.4 . tcp . 80 : goto external-D2RGPZ6L-default/lb/tcp/http,\n\t\t\t10.96.0.10 . ",
    );
    expect(canonicalNftList(parseNftList(text)[0]!)).toBe(text);
  });
});

describe("text that is not nft's, or not modelled", () => {
  const inChain = (rule: string): string => `table ip t {\n\tchain c {\n\t\t${rule}\n\t}\n}\n`;

  it.each(['log prefix "x"', "ip protocol tcp accept", "snat to 1.2.3.4", "tcp dport 1-5 accept", "ct status ! dnat"])(
    "names the table, the chain and the line of %s",
    (rule) => {
      expect(() => parseNftList(inChain(rule))).toThrow(UnsupportedError);
      expect(() => parseNftList(inChain(rule))).toThrow("table ip t, chain c, line 3");
    },
  );

  it.each([
    ["ip6 saddr fe80::1 drop", "conflicting protocols specified: ip vs. ip6"],
    ["ip saddr 1.2.3 drop", "not an address: 1.2.3"],
    ["ip saddr fe80::1 drop", "not an IPv4 address: fe80::1"],
    ["th dport 65536 accept", "a port is not a number from 0 to 65535: 65536"],
    ["numgen random mod 0 vmap { 0 : drop }", "Could not process rule: Numerical result out of range"],
    ["jump", "a chain's name is missing"],
    ["ip saddr { 1.2.3.4", '"}" is missing before the end of the line'],
    ['drop comment "x', "a quote is not closed"],
    ["ip saddr . ip daddr 1.2.3.4 . 1.2.3.5", "a concatenation is compared with a set only"],
  ])("says what is wrong with %s, and where", (rule, message) => {
    expect(() => parseNftList(inChain(rule))).toThrow(ParseError);
    expect(() => parseNftList(inChain(rule))).toThrow(message);
    expect(() => parseNftList(inChain(rule))).toThrow(
      expect.objectContaining({ position: expect.objectContaining({ line: 3 }) }),
    );
  });

  it.each([
    ["add element ip t s { 1.2.3.4 }", "no such set in table ip t: s"],
    ["add set ip t s { flags dynamic ; }", "the type of s is missing"],
    ["add map ip t s { type ipv4_addr ; }", "s is no map by its type"],
    ["add chain ip t c { type filter hook input priority low ; }", "not a priority: low"],
    ["add rule ip t c", "a rule without a statement"],
    ["add table ip t { comment", "a comment is missing"],
    ["add set ip t s { type ipv4_addr", "the braces of s are not closed"],
    ["add chain ip t c accept", '"accept" after the end of the command'],
  ])("refuses the command %s", (command, message) => {
    expect(() => parseNftCommands(command)).toThrow(ParseError);
    expect(() => parseNftCommands(command)).toThrow(message);
  });

  it.each([
    "table ip t {",
    "table ip t {\n\tchain c {\n",
    "table ip t {\n\tset s {\n",
    "table ip t {\n\tcounter k {\n",
  ])("ends on a listing that is cut off: %j", (text) => {
    expect(() => parseNftList(text)).toThrow(ParseError);
  });
});

describe("times", () => {
  it.each([
    ["3h", 10_800, "3h"],
    ["10800s", 10_800, "3h"],
    ["1d2h3m4s5ms", 93_784.005, "1d2h3m4s5ms"],
    ["0s", 0, "0s"],
  ])("%s is %d seconds and is printed as %s", (text, seconds, printed) => {
    expect(parseNftDuration(text)).toBe(seconds);
    expect(formatNftDuration(seconds)).toBe(printed);
  });
});
