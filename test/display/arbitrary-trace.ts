import type { IpAddress } from "@kubenetsim/core/net/address";
import { type Cost, zeroCost } from "@kubenetsim/core/trace/cost";
import type { PacketHeader } from "@kubenetsim/core/trace/packet-header";
import type { Step } from "@kubenetsim/core/trace/step";
import type { Hop, Trace } from "@kubenetsim/core/trace/trace";
import fc from "fast-check";

/** Texts that pictures and pages have to escape, to shorten or to wrap. */
export const nastyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "<script>alert('1')</script>",
    "a & b",
    '"quoted"',
    "'",
    "]]>",
    "--",
    "",
    " ",
    "名前-サービス",
    "\u0000\u0008",
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ maxLength: 400 }),
  fc.constant("x".repeat(900)),
);

const address = fc.constantFrom(
  "10.244.1.2",
  "10.96.0.80",
  "fd00:10:244::abcd:1234:5678:9abc",
) as fc.Arbitrary<IpAddress>;
const port = fc.integer({ min: 1, max: 65_535 });

const header: fc.Arbitrary<PacketHeader> = fc.record({
  protocol: fc.constantFrom("TCP", "UDP", "ICMP"),
  source: address,
  sourcePort: port,
  destination: address,
  destinationPort: port,
});

const origin = fc.option(fc.record({ object: nastyText, reason: nastyText }), { nil: undefined });
const hook = fc.constantFrom("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING");
const number = fc.nat(60_000);

const step = fc.oneof<fc.Arbitrary<Step>[]>(
  fc.record({
    kind: fc.constant("rule"),
    hook,
    table: fc.constantFrom("nat", "ip kube-proxy"),
    chain: nastyText,
    ruleNumber: number,
    chainLength: number,
    text: nastyText,
    target: fc.option(nastyText, { nil: undefined }),
    origin,
  }),
  fc.record({
    kind: fc.constant("chain"),
    hook,
    table: nastyText,
    chain: nastyText,
    rulesCompared: number,
    verdict: nastyText,
  }),
  fc.record({
    kind: fc.constantFrom("dnat", "snat"),
    by: fc.constantFrom("rule", "conntrack", "ipvs"),
    before: header,
    after: header,
  }),
  fc.record({
    kind: fc.constant("set-lookup"),
    set: nastyText,
    entry: nastyText,
    hit: fc.boolean(),
    verdict: nastyText,
  }),
  fc.record({
    kind: fc.constant("ipvs"),
    virtualServer: nastyText,
    scheduler: nastyText,
    realServer: fc.option(nastyText, { nil: undefined }),
    by: fc.constantFrom("scheduler", "connection", "persistence"),
    origin,
  }),
  fc.record({
    kind: fc.constant("route"),
    decision: fc.constantFrom("local", "forward", "none"),
    device: nastyText,
    via: fc.option(nastyText, { nil: undefined }),
  }),
  fc.record({ kind: fc.constant("socket"), port, listening: fc.boolean(), process: nastyText }),
);

const cost: fc.Arbitrary<Cost> = number.map((rulesCompared) => ({ ...zeroCost, rulesCompared }));

const hop: fc.Arbitrary<Hop> = fc.record({
  host: fc.oneof(fc.constantFrom("node n1", "node n2", "pod default/web-0", "external 10.0.0.1"), nastyText),
  hostKind: fc.constantFrom("node", "pod", "external"),
  inDevice: fc.constantFrom(undefined, "eth0"),
  outDevice: fc.constantFrom(undefined, "cni0"),
  before: header,
  after: header,
  steps: fc.array(step, { maxLength: 30 }),
});

const path = fc.record({ hops: fc.array(hop, { minLength: 1, maxLength: 8 }), cost });

/** Traces such as no network gives: any hosts in any order, any text anywhere. */
export const anyTrace: fc.Arbitrary<Trace> = fc.record({
  seed: nastyText,
  mode: fc.constantFrom("iptables", "ipvs", "nftables", "userspace"),
  disposition: fc.constantFrom("delivered", "refused", "dropped", "no-route"),
  reason: nastyText,
  sent: header,
  received: fc.option(header, { nil: undefined }),
  receiver: fc.option(nastyText, { nil: undefined }),
  request: path,
  reply: fc.option(path, { nil: undefined }),
  cost,
  warnings: fc.array(nastyText, { maxLength: 3 }),
});
