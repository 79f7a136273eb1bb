import { describe, expect, it } from "vitest";
import { base32 } from "./base32.ts";
import { chainHash } from "./chain-names.ts";

describe("chain names", () => {
  // Read off a real kube-proxy 1.37.2.
  it.each([
    ["ns1/svc1:p80tcp", "XPGD46QRK7WJZT7O"],
    ["ns1/svc1:p80tcp10.180.0.1:80", "SXIVWICOYRO3J4NJ"],
    ["default/kubernetes:httpstcp", "NPX46M4PTMTKRN6Y"],
    ["default/webtcp", "LOLE4ISW44XBNF3G"],
    ["default/webtcp10.244.0.10:8080", "26PC3CYOE6X4RRUP"],
    ["kube-system/kube-dns:dnsudp", "TCOU7JCQXEZGVUNU"],
    ["kube-system/kube-dns:dns-tcptcp", "ERIFXISQEP7F7OF4"],
    ["kube-system/kube-dns:metricstcp", "JD5MR3NA4I4DYORP"],
    ["default/webtcp[fd00:10:244::5]:8080", "QGQYRWUG4RCCAQNM"],
  ])("hash %s to %s", (text, hash) => {
    expect(chainHash(text)).toBe(hash);
  });

  it.each([
    ["foobar", "MZXW6YTBOI"],
    ["foob", "MZXW6YQ"],
    ["f", "MY"],
  ])("base32 of %s is RFC 4648's %s", (text, encoded) => {
    expect(base32(new TextEncoder().encode(text), encoded.length)).toBe(encoded);
  });
});
