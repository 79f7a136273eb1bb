import { fc, test } from "@fast-check/vitest";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it } from "vitest";
import type { Corefile, Directive } from "./corefile.ts";
import { parseCorefile } from "./parse-corefile.ts";

const kubeadm = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;

const keysOf = (text: string): string[] =>
  parseCorefile(text).blocks.flatMap(({ keys }) => keys.map(({ zone, port }) => `${zone}:${port}`));
const outline = (directive: Directive): unknown => [
  [directive.name, ...directive.args.map((word) => word.text)].join(" "),
  ...(directive.block === undefined ? [] : [directive.block.map(outline)]),
];
const outlines = (corefile: Corefile): unknown[] => corefile.blocks.map(({ directives }) => directives.map(outline));
const messageOf = (text: string): string => {
  try {
    parseCorefile(text);
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
  throw new Error("it parsed");
};

describe("what a Corefile says", () => {
  it("is kubeadm's", () => {
    const corefile = parseCorefile(kubeadm);
    expect(keysOf(kubeadm)).toEqual([".:53"]);
    expect(outlines(corefile)).toEqual([
      [
        ["errors"],
        ["health", [["lameduck 5s"]]],
        ["ready"],
        [
          "kubernetes cluster.local in-addr.arpa ip6.arpa",
          [["pods insecure"], ["fallthrough in-addr.arpa ip6.arpa"], ["ttl 30"]],
        ],
        ["prometheus :9153"],
        ["forward . /etc/resolv.conf", [["max_concurrent 1000"]]],
        ["cache 30", [["disable success cluster.local"], ["disable denial cluster.local"]]],
        ["loop"],
        ["reload"],
        ["loadbalance"],
      ],
    ]);
    expect(corefile.blocks[0]!.directives[3]!.position).toEqual({ source: "Corefile", line: 7, column: 5 });
  });

  it("has keys with ports, with commas over lines, and of address ranges", () => {
    expect(keysOf("example.org:1053, dns://Example.NET,\n a {\n}")).toEqual([
      "example.org.:1053",
      "example.net.:53",
      "a.:53",
    ]);
    expect(keysOf("10.0.0.0/08 {\n}")).toEqual(["10.in-addr.arpa.:53"]);
    expect(keysOf("10.0.0.0/24 {\n}")).toEqual(["0.0.10.in-addr.arpa.:53"]);
    expect(keysOf("10.4.0.0/15:54 {\n}")).toEqual(["4.10.in-addr.arpa.:54", "5.10.in-addr.arpa.:54"]);
    expect(keysOf("2001:db8::/31 {\n}")).toEqual(["8.b.d.0.1.0.0.2.ip6.arpa.:53", "9.b.d.0.1.0.0.2.ip6.arpa.:53"]);
  });

  it("needs no braces for one server, and serves whoami without any", () => {
    expect(outlines(parseCorefile("example.org\nerrors\nlog"))).toEqual([[["errors"], ["log"]]]);
    expect(outlines(parseCorefile("# nothing\n"))).toEqual([[["whoami"], ["log"]]]);
  });

  it("is with its snippets and its environment in place", () => {
    const text =
      "(base) {\n  errors\n  cache {$TTL} {\n    success 100\n  }\n}\n. {\n  import base\n  log {%NAME%}\n}\n";
    expect(outlines(parseCorefile(text, "Corefile", { environment: { TTL: "20", NAME: "." } }))).toEqual([
      [["errors"], ["cache 20", [["success 100"]]], ["log ."]],
    ]);
  });

  it("has quoted words, escaped quotes and comments within words", () => {
    const text = '. {\n log "a b" "c\\"d\\e"\n errors # not log\n root x#y z\n}';
    expect(parseCorefile(text).blocks[0]!.directives.map(({ args }) => args.map((word) => word.text))).toEqual([
      ["a b", 'c"d\\e'],
      [],
      ["x", "z"],
    ]);
  });
});

describe("what is no Corefile", () => {
  it.each([
    [". {\n errors\n what\n}", "Corefile:3 - Error during parsing: Unknown directive 'what'"],
    [". {\n errors\n", "Corefile:2 - Syntax error: Unexpected token 'errors', expecting '}'"],
    [". {\n cache {\n", "Corefile:2 - Error during parsing: Unexpected EOF"],
    [". {\n errors }\n}", "Corefile:2 - Error during parsing: Unexpected '}' because no matching opening brace"],
    ["a,", "Corefile:1 - Error during parsing: Unexpected EOF"],
    ["a, {\n}", "Corefile:1 - Error during parsing: Expected another address but had '{' - check for extra comma"],
    ["(a) {\n}\n(a) {\n}", "Corefile:3 - Error during parsing: redeclaration of previously declared snippet a"],
    [
      ". {\n import\n}",
      "Corefile:2 - Error during parsing: Wrong argument count or unexpected line ending after 'import'",
    ],
    [". {\n import a b\n}", "Corefile:2 - Error during parsing: Import takes only one argument (glob pattern or file)"],
    ["(a) {\n import a\n}", "Corefile:3 - Error during parsing: maximum snippet import depth (10000) exceeded"],
    ["a..b {\n}", "error inspecting server blocks: zone is not a valid domain name: a..b"],
    [`${"a".repeat(64)} {\n}`, `error inspecting server blocks: zone is not a valid domain name: ${"a".repeat(64)}`],
    ["a: {\n}", 'error inspecting server blocks: expecting data after last colon: "a:"'],
  ])("%j", (text, message) => {
    expect(messageOf(text)).toBe(message);
  });

  it("imports files or serves over TLS", () => {
    expect(() => parseCorefile(". {\n import custom/*.override\n}")).toThrow(UnsupportedError);
    expect(() => parseCorefile("tls://. {\n}")).toThrow(UnsupportedError);
  });

  test.prop([
    fc.string({
      unit: fc.constantFrom("a", " ", "\n", "{", "}", '"', "\\", "#", ",", "import ", "(a)", "errors", "{$A}"),
    }),
  ])("never gives another error, whatever the text", (text) => {
    try {
      parseCorefile(text, "Corefile", { environment: { A: "{$A}" } });
    } catch (error) {
      expect(error instanceof ParseError || error instanceof UnsupportedError, String(error)).toBe(true);
    }
  });
});
