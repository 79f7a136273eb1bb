import { describe, expect, it } from "vitest";
import { parseRecordRequest } from "./record-request.ts";

const zone = "inter.webs.tests.";
/** As TestParseRequest of plugin/kubernetes writes it: port, protocol, endpoint, Service, namespace, kind. */
const textOf = (name: string, zonal = false): string | undefined => {
  const request = parseRecordRequest(name, zone, zonal);
  if (request === undefined) return undefined;
  const { port, protocol, endpoint, service, namespace, kind } = request;
  return [port, protocol, endpoint, service, namespace, kind].join(".");
};

describe("a name below a zone", () => {
  it.each([
    ["_http._tcp.webs.mynamespace.svc.inter.webs.tests.", "http.tcp..webs.mynamespace.svc"],
    ["http.tcp.webs.mynamespace.svc.inter.webs.tests.", "http.tcp..webs.mynamespace.svc"],
    ["1-2-3-4.webs.mynamespace.svc.inter.webs.tests.", "..1-2-3-4.webs.mynamespace.svc"],
    ["webs.mynamespace.svc.inter.webs.tests.", "...webs.mynamespace.svc"],
    ["mynamespace.svc.inter.webs.tests.", "....mynamespace.svc"],
    ["inter.webs.tests.", "....."],
    ["svc.inter.webs.tests.", "....."],
    ["pod.inter.webs.tests.", "....."],
    ["foo.bar.10-1-1-1.mynamespace.pod.inter.webs.tests.", "foo.bar..10-1-1-1.mynamespace.pod"],
  ])("%s", (name, expected) => {
    expect(textOf(name)).toBe(expected);
  });

  it.each([
    "webs.mynamespace.pood.inter.webs.tests.",
    "too.long.for.what.i.am.trying.to.pod.inter.webs.tests.",
    "us-west-2a.pin._zone.webs.mynamespace.svc.inter.webs.tests.",
  ])("%s has another form", (name) => {
    expect(parseRecordRequest(name, zone, false)).toBeUndefined();
  });

  it.each([
    ["us-west-2a.pin._zone.webs.mynamespace.svc.inter.webs.tests.", "us-west-2a", false],
    ["us-west-2a.prefer._zone.webs.mynamespace.svc.inter.webs.tests.", "us-west-2a", true],
    ["corp.example.com.pin._zone.webs.mynamespace.svc.inter.webs.tests.", "corp.example.com", false],
    ["us-west-2a._zone.webs.mynamespace.svc.inter.webs.tests.", "", false],
  ])("%s with the option zonal", (name, topologyZone, prefersZone) => {
    expect(parseRecordRequest(name, zone, true)).toMatchObject({ zone: topologyZone, prefersZone, service: "webs" });
  });

  it.each([
    "us-west-2a.pin._zone.webs.mynamespace.pod.inter.webs.tests.",
    "us-west-2a.florp._zone.webs.mynamespace.svc.inter.webs.tests.",
  ])("%s has another form, zonal or not", (name) => {
    expect(parseRecordRequest(name, zone, true)).toBeUndefined();
  });
});
