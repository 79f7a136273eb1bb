/** What the real iptables lists of the same rules. */
import type { IpFamily } from "@kubenetsim/core/net/address";
import type { TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { type ListOptions, printIptablesList, printIptablesRules } from "@kubenetsim/netfilter/text/iptables-list";
import { parseIptablesSave } from "@kubenetsim/netfilter/text/iptables-parse";
import { printIptablesSave } from "@kubenetsim/netfilter/text/iptables-print";
import { syncIptables } from "@kubenetsim/proxy";
import { randomProxyCase } from "@kubenetsim/testing";
import { describe, expect, it } from "vitest";
import { missingTools, runInNamespace } from "./namespace-shell.ts";
import { OwnView } from "./own-view.ts";

const minutes = 60_000;

/** Every match and target, with numbers on either side of where they are shortened. */
const everyRule: Readonly<Record<IpFamily, string>> = {
  IPv4: `*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [12:1234567]
:OUTPUT ACCEPT [0:0]
:KUBE-Z - [0:0]
:KUBE-A - [0:0]
[3:180] -A INPUT -m conntrack --ctstate NEW -m comment --comment "k s" -j KUBE-Z
[99999:99999] -A INPUT -m conntrack ! --ctstate NEW,RELATED,ESTABLISHED -j KUBE-A
[100000:9999499] -A INPUT -m conntrack --ctstate DNAT,SNAT,INVALID,UNTRACKED
[9999500:9999999999] -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
[0:12345678901234] -A INPUT -m state ! --state NEW -j ACCEPT
[0:123456789012345] -A FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
[0:0] -A FORWARD -m mark ! --mark 0x1 -j DROP
[0:0] -A FORWARD -p tcp -m tcp --sport 1:5 ! --dport 80 -j REJECT --reject-with icmp-port-unreachable
[0:0] -A FORWARD -p tcp -j REJECT --reject-with tcp-reset
[0:0] -A FORWARD -p udp -m udp --dport 53:65535 -j REJECT --reject-with icmp-admin-prohibited
[0:0] -A FORWARD ! -p udp -j RETURN
[0:0] -A FORWARD -p icmp -g KUBE-A
[0:0] -A FORWARD -p sctp -m sctp --dport 9 -j ACCEPT
[0:0] -A FORWARD -p sctp -m sctp ! --sport 9:10 -j ACCEPT
[0:0] -A FORWARD -i eth+ ! -o cni0 -j ACCEPT
[0:0] -A FORWARD ! -i lo -s 10.0.0.0/8 ! -d 127.0.0.1/32 -j ACCEPT
[0:0] -A FORWARD -m addrtype --dst-type LOCAL -j ACCEPT
[0:0] -A FORWARD -m addrtype ! --src-type LOCAL --dst-type UNICAST -j ACCEPT
[0:0] -A FORWARD -m statistic --mode nth --every 3 --packet 1 -j ACCEPT
[0:0] -A FORWARD -m statistic --mode nth ! --every 3 --packet 0 -j ACCEPT
[0:0] -A FORWARD -m statistic --mode random ! --probability 0.50000000000 -j ACCEPT
[0:0] -A FORWARD -m statistic --mode random --probability 0.33333333349 -j ACCEPT
[0:0] -A FORWARD -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-X --mask 255.255.255.255 --rsource -j ACCEPT
[0:0] -A FORWARD -m recent --set --name KUBE-SEP-X --mask 255.255.255.0 --rdest -j ACCEPT
[0:0] -A FORWARD -m recent ! --update --seconds 5 --hitcount 3 --name KUBE-SEP-X --mask 255.255.255.255 --rsource
[0:0] -A FORWARD -m recent --remove --name KUBE-SEP-X --mask 255.255.255.255 --rsource
[0:0] -A FORWARD -m physdev --physdev-is-in -j ACCEPT
[0:0] -A FORWARD -m physdev ! --physdev-is-in -j ACCEPT
[0:0] -A FORWARD -m comment --comment "a b" -m comment --comment "c\\"d"
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-SVC-ABCDEFGHIJKLMNOP - [0:0]
[0:0] -A PREROUTING -j KUBE-SVC-ABCDEFGHIJKLMNOP
[0:0] -A PREROUTING -g KUBE-SVC-ABCDEFGHIJKLMNOP
[0:0] -A KUBE-SVC-ABCDEFGHIJKLMNOP -j MARK --set-xmark 0x4000/0x4000
[0:0] -A KUBE-SVC-ABCDEFGHIJKLMNOP -j MARK --set-xmark 0x4000/0x0
[0:0] -A KUBE-SVC-ABCDEFGHIJKLMNOP -j MARK --set-xmark 0x0/0x4000
[0:0] -A KUBE-SVC-ABCDEFGHIJKLMNOP -j MARK --set-xmark 0x1/0xffffffff
[0:0] -A KUBE-SVC-ABCDEFGHIJKLMNOP -j MARK --set-xmark 0x1/0x3
[0:0] -A KUBE-SVC-ABCDEFGHIJKLMNOP -p tcp -j DNAT --to-destination 10.0.0.1
[0:0] -A KUBE-SVC-ABCDEFGHIJKLMNOP -p tcp -j DNAT --to-destination 10.0.0.1:80
[0:0] -A KUBE-SVC-ABCDEFGHIJKLMNOP -p tcp -j REDIRECT --to-ports 80
[0:0] -A KUBE-SVC-ABCDEFGHIJKLMNOP -p tcp -j REDIRECT
[0:0] -A POSTROUTING -j MASQUERADE
[0:0] -A POSTROUTING -j MASQUERADE --random-fully
COMMIT
`,
  IPv6: `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-SVC-ABCDEFGHIJKLMNOP - [0:0]
[0:0] -A INPUT -m conntrack --ctstate NEW -m comment --comment "k s" -j KUBE-SVC-ABCDEFGHIJKLMNOP
[0:0] -A INPUT -s fd00::/64 ! -d fd00:10:96::1/128 -i eth0 -p tcp -m tcp --dport 80 -j REJECT --reject-with icmp6-port-unreachable
[0:0] -A INPUT ! -p ipv6-icmp -m recent --rcheck --seconds 10800 --reap --name K --mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff --rsource -j ACCEPT
[0:0] -A INPUT -s fd00:1111:2222:3333:4444:5555:6666:7777/128 -p udp
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
[0:0] -A PREROUTING -p tcp -j DNAT --to-destination [fd00::1]:80
[0:0] -A PREROUTING -p tcp -j DNAT --to-destination fd00::1
[0:0] -A POSTROUTING -j MASQUERADE --random-fully
COMMIT
`,
};

const views: Readonly<Record<string, ListOptions>> = {
  "-L -n": {},
  "-L -n -v": { verbose: true },
  "-L -n -v -x --line-numbers": { verbose: true, exact: true, numbers: true },
  "-L -n --line-numbers": { numbers: true },
};

describe("iptables -L and -S", () => {
  const missing = missingTools("iptables-nft-restore", "ip6tables-nft-restore", "unshare");

  it.skipIf(missing)("list every match and target as we do", () => {
    for (const family of ["IPv4", "IPv6"] as const) compare(family, [everyRule[family]]);
  });

  it.skipIf(missing)("list the rules of random clusters as we do", { timeout: 5 * minutes }, () => {
    for (const family of ["IPv4", "IPv6"] as const) {
      const texts = Array.from({ length: 40 }, (_, number) => {
        const one = randomProxyCase(8_000_000 + number, { mode: "iptables", maxSteps: 3 });
        const { snapshot } = new OwnView(family, one, false).see(one);
        return printIptablesSave(syncIptables(undefined, snapshot).ruleset, { counters: true });
      });
      compare(family, texts);
    }
  });
});

function compare(family: IpFamily, texts: readonly string[]): void {
  const program = family === "IPv4" ? "iptables-nft" : "ip6tables-nft";
  const lines: string[] = [];
  const expected = new Map<string, string>();
  for (const [i, text] of texts.entries()) {
    lines.push(`${program}-restore -c < ${i}.in`);
    const ruleset = parseIptablesSave(text, { family });
    for (const table of ["filter", "nat"] as const satisfies TableName[]) {
      for (const [number, [options, view]] of Object.entries(views).entries()) {
        const name = `${i}.${table}.${number}`;
        lines.push(`${program} -t ${table} ${options} > ${name}`);
        expected.set(name, printIptablesList(ruleset, table, view));
      }
      lines.push(`${program} -t ${table} -S > ${i}.${table}.S`);
      expected.set(`${i}.${table}.S`, printIptablesRules(ruleset, table));
    }
  }
  const files = new Map(texts.map((text, i) => [`${i}.in`, text]));
  const real = runInNamespace(lines.join("\n"), files, [...expected.keys()]);
  for (const [name, text] of expected) expect(text, name).toBe(real.get(name));
}
