import { readFileSync } from "node:fs";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { unixSecondsOf, virtualMsOf } from "@kubenetsim/core/runtime/timestamp";
import type { Certificate } from "@kubenetsim/ingress/certificate/certificate";
import { unsignedCertificate } from "@kubenetsim/ingress/certificate/certificate";
import { commonNameOf } from "@kubenetsim/ingress/certificate/distinguished-name";
import { parseKeyPair } from "@kubenetsim/ingress/certificate/key-pair";
import { pemBlocks } from "@kubenetsim/ingress/certificate/pem";
import { certificateRefusal, certificatesOf, refusalText } from "@kubenetsim/ingress/certificate/verify-certificate";
import { dnsNamesOf, parseCertificate, type X509Certificate } from "@kubenetsim/ingress/certificate/x509-certificate";
import { describe, expect, it } from "vitest";

/** What Go 1.26 made of a certificate and a key: good ones, other ones, and such with bytes that were changed by chance. */
interface RecordedPair {
  /** One character for each byte. */
  readonly certificate: string;
  readonly key: string;
  /** The error of tls.X509KeyPair; empty for none. */
  readonly keyPair: string;
  /** The error of x509.ParseCertificate for the first block. */
  readonly parse: string;
  readonly summary: string;
  readonly blocks: number;
}

const pairs = readFileSync(new URL("recorded-key-pairs.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as RecordedPair);

function problemOf(read: () => unknown): string {
  try {
    read();
    return "";
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
}

function summaryOf(certificate: X509Certificate): string {
  const { extensions, notBeforeMs, notAfterMs, serial, subject, issuer, version } = certificate;
  const addresses = extensions.subjectAlternativeNames?.ipAddresses ?? [];
  return [
    commonNameOf(subject),
    `[${dnsNamesOf(certificate).join(" ")}]`,
    `[${addresses.join(" ")}]`,
    unixSecondsOf(notBeforeMs),
    unixSecondsOf(notAfterMs),
    serial,
    extensions.basicConstraints?.isAuthority ?? false,
    version,
    commonNameOf(issuer),
  ].join("|");
}

describe("certificates and keys", () => {
  it(`are taken and refused as Go does, in its words: ${pairs.length} recorded pairs`, () => {
    for (const { certificate, key, keyPair, parse, summary, blocks } of pairs) {
      const found = pemBlocks(certificate);
      expect(problemOf(() => parseKeyPair(certificate, key))).toBe(keyPair);
      expect(found.length).toBe(blocks);
      const [first] = found;
      if (first === undefined) continue;
      expect(problemOf(() => parseCertificate(first.bytes))).toBe(parse);
      if (parse === "") expect(summaryOf(parseCertificate(first.bytes))).toBe(summary);
    }
  });
});

interface RecordedCurl {
  readonly certificates: Readonly<Record<string, string>>;
  readonly cases: readonly {
    readonly leaf: string;
    /** What the server sends behind it. */
    readonly chain: readonly string[];
    /** `--cacert`. */
    readonly roots: readonly string[];
    readonly name: string;
    /** The first line of curl's errors; empty for none. */
    readonly problem: string;
  }[];
}

describe("a client", () => {
  const { certificates, cases } = JSON.parse(
    readFileSync(new URL("recorded-curl.json", import.meta.url), "utf8"),
  ) as RecordedCurl;
  const nowMs = virtualMsOf({ year: 2026, month: 11, day: 23 }, { hour: 22, minute: 0, second: 0 });
  const blank = unsignedCertificate("", [], 0);
  const pemOf = (names: readonly string[]): string => names.map((name) => certificates[name]!).join("");

  it(`trusts what curl 7.88.1 with OpenSSL 3.0 trusts: ${cases.length} recorded handshakes`, () => {
    for (const { leaf, chain, roots, name, problem } of cases) {
      const certificate: Certificate = { ...blank, pem: pemOf([leaf, ...chain]) };
      const refusal = certificateRefusal({ certificate, name, trustedRoots: certificatesOf(pemOf(roots)), nowMs });
      expect({ leaf, chain, roots, name, problem: refusal?.message ?? "" }).toEqual({
        leaf,
        chain,
        roots,
        name,
        problem,
      });
    }
  });

  it("does not trust what nobody signed, and says so as curl does", () => {
    const refusal = certificateRefusal({ certificate: blank, name: "a.test", trustedRoots: [], nowMs });
    expect(refusalText(refusal!).split("\n").slice(0, 2)).toEqual([
      "curl: (60) SSL certificate problem: self-signed certificate",
      "More details here: https://curl.se/docs/sslcerts.html",
    ]);
  });
});
