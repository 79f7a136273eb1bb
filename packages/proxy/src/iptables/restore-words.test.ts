import type { IpAddress } from "@kubenetsim/core/net/address";
import { addressWords } from "@kubenetsim/core/net/address";
import { rule } from "@kubenetsim/netfilter/ruleset/rule";
import { describe, expect, it } from "vitest";
import { markMasqChain, postroutingRules } from "./masquerade-rules.ts";
import { markText, restoreWords } from "./restore-words.ts";
import { comment, host, jump, negate, net, protocolCondition, toPort } from "./rule-parts.ts";

const at = (text: string) => host(addressWords(text as IpAddress));

describe("restoreWords", () => {
  it("writes addresses with the transport match", () => {
    const one = rule({
      source: { ...negate({ negated: false, words: [10 << 24], prefix: 8 }) },
      destination: at("172.30.0.41"),
      protocol: protocolCondition("TCP"),
      matches: [comment("ns1/svc1:p80 cluster IP"), toPort("TCP", 80)],
      target: jump("KUBE-MARK-MASQ"),
    });
    expect(restoreWords(one)).toBe(
      '-m comment --comment "ns1/svc1:p80 cluster IP" -m tcp -p tcp -d 172.30.0.41 --dport 80 ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ',
    );
  });

  it("gives a net of one address its length, and an address none", () => {
    const range = { words: addressWords("192.0.2.1" as IpAddress), prefix: 32 };
    expect(restoreWords(rule({ source: net(range) }))).toBe("-s 192.0.2.1/32");
    expect(restoreWords(rule({ source: host(range.words) }))).toBe("-s 192.0.2.1");
  });

  it("quotes only comments with a space, and brackets IPv6", () => {
    const one = rule({
      protocol: protocolCondition("UDP"),
      matches: [comment("ns1/svc1"), toPort("UDP", 53)],
      target: { kind: "DNAT", address: addressWords("fd00::5" as IpAddress), port: 53 },
    });
    expect(restoreWords(one)).toBe(
      "-m comment --comment ns1/svc1 -m udp -p udp --dport 53 -j DNAT --to-destination [fd00::5]:53",
    );
  });

  it("writes marks as kube-proxy's %#08x does", () => {
    expect(markText(1 << 14)).toBe("0x00004000");
    expect(markText(1 << 31)).toBe("0x80000000");
    expect([...postroutingRules(1 << 20), ...markMasqChain(1 << 20).rules].map(restoreWords)).toEqual([
      "-m mark ! --mark 0x00100000/0x00100000 -j RETURN",
      "-j MARK --xor-mark 0x00100000",
      '-m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
      "-j MARK --or-mark 0x00100000",
    ]);
  });
});
