import type { Secret } from "@kubenetsim/core/model/secret";
import type { HttpRequest } from "@kubenetsim/ingress/http/http-message";
import { type Block, comparePairs, cpuNs, type Measure, nsBlock } from "./harness.ts";
import { IngressLoad, ingressCluster, ingressOf, secretOf, tlsEach } from "./ingress-load.ts";

const ingresses = 5000;
const paths = 20;
const requests = 20_000;

function requestsTo(hosts: readonly number[], ofPaths = paths): HttpRequest[] {
  return hosts.map((host, i) => ({
    method: "GET",
    target: `/part-${(i * 7) % ofPaths}/of/it/and/more?x=1`,
    host: `h${host}.test`,
    headers: { accept: "text/html", "user-agent": "curl/8.5.0" },
    bodyBytes: 0,
    clientAddress: "192.0.2.7",
    isTls: false,
  }));
}

/** Requests from nginx's first phase to the endpoint's answer, in turn: nanoseconds. */
function answers(load: IngressLoad, asked: readonly HttpRequest[]): Block {
  return nsBlock(requests, (count) => {
    let sum = 0;
    for (let i = 0, at = 0; i < count; i++, at = at + 1 === asked.length ? 0 : at + 1) {
      sum += load.nginx.answer(asked[at]!, 0).status;
    }
    return sum;
  });
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** A thousand hosts in turn, 20 paths each. */
function manyHosts(): Block {
  return answers(new IngressLoad(ingressCluster(1000, { paths })), requestsTo(upTo(1000).map((i) => (i * 31) % 1000)));
}

/** Hearing of all objects until nginx works by them: milliseconds. */
function fullBuild(isShared: boolean): Block {
  const objects = ingressCluster(ingresses, { isShared });
  return () => cpuNs(1e6, () => void new IngressLoad(objects));
}

const rounds = 30;

/** Hearing of one write until nginx works by it, writes of six kinds in turn: milliseconds. */
function oneChange(isShared: boolean): Block {
  const load = new IngressLoad(ingressCluster(ingresses, { isShared }));
  let version = 0;
  const writes: ((i: number) => void)[] = [
    (i) => load.change(ingressOf(i, { isShared, annotations: { "proxy-body-size": `${2 + version}m` } })),
    (i) => load.change(ingressOf(i, { isShared, paths: 5 + (version % 2) })),
    () => load.change(ingressOf(ingresses, { isShared })),
    () => load.change(ingressOf(ingresses, { isShared }), true),
    (i) => load.change({ ...load.object("EndpointSlice", `s${isShared ? 0 : 2 * i}-1`), ...endpointsAt(version) }),
    (i) => load.change(otherSecret(load, i - (i % tlsEach))),
  ];
  return () =>
    cpuNs(1e6 * rounds * writes.length, () => {
      for (let i = 0; i < rounds; i++) {
        version++;
        for (const write of writes) write((version * 7) % ingresses);
      }
    });
}

/** The other of the host's two certificates. */
function otherSecret(load: IngressLoad, i: number): Secret {
  const isFirst = load.object<Secret>("Secret", `cert${i}`) === secretOf(i, 0);
  return secretOf(i, isFirst ? 1 : 0);
}

function endpointsAt(version: number): { readonly endpoints: readonly { readonly addresses: readonly string[] }[] } {
  return { endpoints: [{ addresses: [`10.245.${(version >> 8) & 255}.${version & 255}`] }] };
}

/**
 * Requests to a hundred hosts among more and more, four paths each: what the processor's caches have to hold stays the same.
 * Nanoseconds.
 */
export function requestsAmong(hosts: number): Block {
  // Behind each hundredth, which has no TLS.
  const asked = upTo(1000).map((i) => (((i * 31) % 100) * (hosts / 100) + 1) % hosts);
  return answers(new IngressLoad(ingressCluster(hosts, { paths: 4 })), requestsTo(asked, 4));
}

/** A time to stay within, so that the row shows how much of it is needed. */
const limitOf =
  (time: number): Block =>
  () =>
    time;

export const ingressMeasures: readonly Measure[] = [
  {
    id: "ing-request",
    name: "a request among 1,000 hosts of 20 paths, all in turn, against 10 µs",
    must: 1,
    aim: 0.5,
    run: (measure) => comparePairs(measure, { candidate: manyHosts(), reference: limitOf(10_000), unit: "ns" }),
  },
  {
    id: "ing-build",
    name: "5,000 Ingresses to what nginx works by, against one second",
    must: 1,
    aim: 0.5,
    run: (measure) =>
      comparePairs(measure, { candidate: fullBuild(false), reference: limitOf(1000), unit: "ms", pairs: 5 }),
  },
  {
    id: "ing-change",
    name: "one of six writes among 5,000 Ingresses until nginx works by it, against building all",
    must: 0.01,
    aim: 0.005,
    run: (measure) =>
      comparePairs(measure, { candidate: oneChange(false), reference: fullBuild(false), unit: "ms", pairs: 5 }),
  },
  {
    id: "ing-change-shared",
    name: "the same where all 5,000 Ingresses lead to one Service",
    must: 0.01,
    aim: 0.005,
    run: (measure) =>
      comparePairs(measure, { candidate: oneChange(true), reference: fullBuild(true), unit: "ms", pairs: 5 }),
  },
];
