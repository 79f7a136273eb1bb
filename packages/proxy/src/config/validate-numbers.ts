import type { FieldPath } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { FieldReader } from "./field-reader.ts";
import { goDurationText } from "./go-duration.ts";
import { type KubeProxyConfig, modeSection } from "./kube-proxy-config.ts";
import { invalid, type Refusal } from "./refusal.ts";

const notNegative = "must be greater than or equal to 0";

export function masqueradeBit(section: string, key: string, bit: number): Refusal[] {
  if (bit >= 0 && bit <= 31) return [];
  return [invalid(`${section}.MasqueradeBit`, bit, "must be within the range [0, 31]", [key, "masqueradeBit"])];
}

/** validateKubeProxyLinuxConfiguration. */
export function linux(fields: FieldReader): Refusal[] {
  const section = "KubeProxyLinuxConfiguration";
  const conntrack = `${section}.KubeProxyConntrackConfiguration`;
  const score = fields.integer("oomScoreAdj") ?? 0;
  return [
    ...counts(fields, `${conntrack}.MaxPerCore`, ["conntrack", "maxPerCore"]),
    ...counts(fields, `${conntrack}.Min`, ["conntrack", "min"]),
    ...duration(fields, `${conntrack}.TCPEstablishedTimeout`, ["conntrack", "tcpEstablishedTimeout"]),
    ...duration(fields, `${conntrack}.TCPCloseWaitTimeout`, ["conntrack", "tcpCloseWaitTimeout"]),
    ...duration(fields, `${conntrack}.UDPTimeout`, ["conntrack", "udpTimeout"]),
    ...duration(fields, `${conntrack}.UDPStreamTimeout`, ["conntrack", "udpStreamTimeout"]),
    ...(Math.abs(score) <= 1000
      ? []
      : [invalid(`${section}.OOMScoreAdj`, score, "must be within the range [-1000, 1000]", ["oomScoreAdj"])]),
  ];
}

export function ipvsTimeouts(fields: FieldReader): Refusal[] {
  const section = "KubeProxyIPVSConfiguration";
  return [
    ...duration(fields, `${section}.TCPTimeout`, ["ipvs", "tcpTimeout"]),
    ...duration(fields, `${section}.TCPFinTimeout`, ["ipvs", "tcpFinTimeout"]),
    ...duration(fields, `${section}.UDPTimeout`, ["ipvs", "udpTimeout"]),
  ];
}

export function burst(fields: FieldReader): Refusal[] {
  return counts(fields, "ClientConnection.Burst", ["clientConnection", "burst"]);
}

/** Those of the mode; 0 stands for the default of v1alpha1. */
export function periods(fields: FieldReader, mode: KubeProxyConfig["mode"]): Refusal[] {
  const section = modeSection(mode);
  const sync = fields.seconds(section, "syncPeriod") || 30;
  const least = fields.seconds(section, "minSyncPeriod") || (mode === "ipvs" ? 0 : 1);
  const config = fields.seconds("configSyncPeriod");
  const positive = "must be greater than 0";
  const refusals: Refusal[] = [];
  if (config < 0) refusals.push(invalid("ConfigSyncPeriod", goDurationText(config), positive, ["configSyncPeriod"]));
  if (sync <= 0) refusals.push(invalid("SyncPeriod", goDurationText(sync), positive, [section, "syncPeriod"]));
  if (least < 0) {
    refusals.push(invalid("MinSyncPeriod", goDurationText(least), notNegative, [section, "minSyncPeriod"]));
  }
  if (least > sync) {
    const message = "must be greater than or equal to KubeProxyConfiguration.MinSyncPeriod";
    refusals.push(invalid("SyncPeriod", goDurationText(least), message, [section, "syncPeriod"]));
  }
  return refusals;
}

function counts(fields: FieldReader, field: string, path: FieldPath): Refusal[] {
  const value = fields.integer(...path) ?? 0;
  return value < 0 ? [invalid(field, value, notNegative, path)] : [];
}

function duration(fields: FieldReader, field: string, path: FieldPath): Refusal[] {
  const seconds = fields.seconds(...path);
  return seconds < 0 ? [invalid(field, goDurationText(seconds), notNegative, path)] : [];
}
