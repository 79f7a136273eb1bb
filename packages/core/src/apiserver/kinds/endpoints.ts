import type { EndpointAddress, EndpointSubset, EndpointSubsetPort, Endpoints } from "../../model/endpoints.ts";
import { parseAddress } from "../../net/address.ts";
import { sameObject } from "../same-object.ts";
import { type FieldError, invalid, notSupported, required } from "../validate/field-error.ts";
import { legacyAddress, specialAddress } from "../validate/ip-text.ts";
import { dnsLabel, dnsSubdomain, portNumber, qualified } from "../validate/names.ts";
import type { FieldWarning, KindRules } from "./rules.ts";

const protocols = ["SCTP", "TCP", "UDP"];

/** pkg/registry/core/endpoint/strategy.go; ValidateEndpoints of pkg/apis/core/validation. */
export const endpointsRules: KindRules<Endpoints> = {
  checkName: dnsSubdomain,
  setDefaults: (endpoints) => {
    for (const subset of endpoints.subsets ?? []) {
      for (const port of subset.ports ?? []) port.protocol ||= "TCP";
    }
  },
  validate: (endpoints, before) => {
    const errors = (endpoints.subsets ?? []).flatMap((subset, i) => validateSubset(subset, `subsets[${i}]`));
    // What an older API server let in may stay as it is.
    const unchanged = before !== undefined && sameObject(endpoints.subsets ?? [], before.subsets ?? []);
    return unchanged ? [] : errors;
  },
  warnings: endpointsWarnings,
};

function validateSubset(subset: EndpointSubset, path: string): FieldError[] {
  const ready = subset.addresses ?? [];
  const notReady = subset.notReadyAddresses ?? [];
  const ports = subset.ports ?? [];
  return [
    ...(ready.length === 0 && notReady.length === 0
      ? [required(path, "must specify `addresses` or `notReadyAddresses`")]
      : []),
    ...ready.flatMap((address, i) => validateAddress(address, `${path}.addresses[${i}]`)),
    ...notReady.flatMap((address, i) => validateAddress(address, `${path}.notReadyAddresses[${i}]`)),
    ...ports.flatMap((port, i) => validatePort(port, ports.length > 1, `${path}.ports[${i}]`)),
  ];
}

function validateAddress(address: EndpointAddress, path: string): FieldError[] {
  const { hostname, nodeName } = address;
  const ip = address.ip ?? "";
  return [
    ...legacyAddress(`${path}.ip`, ip),
    ...(hostname ? dnsLabel(hostname).map((text) => invalid(`${path}.hostname`, hostname, text)) : []),
    ...(nodeName === undefined
      ? []
      : dnsSubdomain(nodeName).map((text) => invalid(`${path}.nodeName`, nodeName, text))),
    ...specialAddress(`${path}.ip`, ip),
  ];
}

function validatePort(port: EndpointSubsetPort, requireName: boolean, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (port.name) errors.push(...dnsLabel(port.name).map((text) => invalid(`${path}.name`, port.name, text)));
  else if (requireName) errors.push(required(`${path}.name`));
  errors.push(...portNumber(port.port ?? 0).map((text) => invalid(`${path}.port`, port.port ?? 0, text)));
  if (!protocols.includes(port.protocol ?? "")) {
    errors.push(notSupported(`${path}.protocol`, port.protocol, protocols));
  }
  if (port.appProtocol !== undefined) {
    errors.push(...qualified(port.appProtocol).map((text) => invalid(`${path}.appProtocol`, port.appProtocol, text)));
  }
  return errors;
}

/** Addresses that are written in another than their standard form; those of the Endpoints controller are known to be right. */
function endpointsWarnings(endpoints: Endpoints): FieldWarning[] {
  if (endpoints.metadata.labels?.["endpoints.kubernetes.io/managed-by"] === "endpoint-controller") return [];
  return (endpoints.subsets ?? []).flatMap((subset, i) =>
    (["addresses", "notReadyAddresses"] as const).flatMap((list) =>
      (subset[list] ?? []).flatMap(({ ip }, j) => {
        const field = `subsets[${i}].${list}[${j}].ip`;
        const standard = parseAddress(ip);
        if (standard === undefined || standard === ip) return [];
        const message = `${field}: IPv6 address ${JSON.stringify(ip)} should be in RFC 5952 canonical format (${JSON.stringify(standard)})`;
        return [{ field, message }];
      }),
    ),
  );
}
