import type { EndpointSlice } from "../../model/endpoint-slice.ts";
import { parseAddress } from "../../net/address.ts";
import { sameObject } from "../same-object.ts";
import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
  requiredOneOf,
  tooMany,
} from "../validate/field-error.ts";
import { sloppyAddress, specialAddress } from "../validate/ip-text.ts";
import { dnsLabel, dnsSubdomain, qualified } from "../validate/names.ts";
import type { KindRules } from "./rules.ts";

const addressTypes = ["FQDN", "IPv4", "IPv6"];
const protocols = ["SCTP", "TCP", "UDP"];
const maxAddresses = 100;
const maxEndpoints = 1000;
const maxPorts = 20_000;

export const endpointSliceRules: KindRules<EndpointSlice> = {
  checkName: dnsSubdomain,
  setDefaults: (slice) => {
    slice.endpoints ??= [];
    for (const endpoint of slice.endpoints) endpoint.conditions ??= {};
    for (const port of slice.ports ?? []) {
      port.name ??= "";
      port.protocol ??= "TCP";
    }
  },
  prepare: (_state, slice) => {
    // The store keeps no empty list: it comes back as null.
    if (slice.ports?.length === 0) slice.ports = null;
    if (slice.endpoints?.length === 0) slice.endpoints = null;
  },
  validate: (slice, before) => [
    ...validatePorts(slice),
    ...changedEndpoints(slice, before),
    // The rules that are generated from the types come after those that are written by hand.
    ...validateAddressType(slice, before),
    ...addressCounts(slice),
  ],
};

function validateAddressType({ addressType }: EndpointSlice, before: EndpointSlice | undefined): FieldError[] {
  const isFixed = before === undefined || before.addressType === addressType;
  return [
    ...requiredOneOf("addressType", addressType, addressTypes),
    ...(isFixed ? [] : [invalid("addressType", null, "field is immutable")]),
  ];
}

function addressCounts({ endpoints }: EndpointSlice): FieldError[] {
  return (endpoints ?? []).flatMap(({ addresses = [] }, i) => {
    const path = `endpoints[${i}].addresses`;
    if (addresses.length === 0) return [required(path)];
    return addresses.length > maxAddresses ? [tooMany(path, addresses.length, maxAddresses)] : [];
  });
}

/** Endpoints that stay as they were are not judged again. */
function changedEndpoints(slice: EndpointSlice, before: EndpointSlice | undefined): FieldError[] {
  const errors = validateEndpoints(slice);
  if (errors.length === 0 || before === undefined) return errors;
  return sameObject(slice.endpoints ?? [], before.endpoints ?? []) ? [] : errors;
}

function validateEndpoints(slice: EndpointSlice): FieldError[] {
  const endpoints = slice.endpoints ?? [];
  if (endpoints.length > maxEndpoints) {
    return [tooMany("endpoints", endpoints.length, maxEndpoints)];
  }
  return endpoints.flatMap((endpoint, i) => {
    const path = `endpoints[${i}]`;
    const addresses = endpoint.addresses ?? [];
    const errors: FieldError[] = [];
    for (const [j, address] of addresses.entries()) {
      errors.push(...validateAddress(slice.addressType, address, `${path}.addresses`, j));
    }
    if (endpoint.nodeName !== undefined) {
      errors.push(
        ...dnsSubdomain(endpoint.nodeName).map((text) => invalid(`${path}.nodeName`, endpoint.nodeName, text)),
      );
    }
    if (endpoint.hostname !== undefined) {
      errors.push(...dnsLabel(endpoint.hostname).map((text) => invalid(`${path}.hostname`, endpoint.hostname, text)));
    }
    return errors;
  });
}

function validateAddress(
  type: EndpointSlice["addressType"],
  address: string,
  list: string,
  index: number,
): FieldError[] {
  const path = `${list}[${index}]`;
  if (type === "FQDN") return dnsSubdomain(address).map((text) => invalid(path, address, text));
  if (type !== "IPv4" && type !== "IPv6") return [];
  const errors: FieldError[] = [];
  const parsed = sloppyAddress(address);
  if (parsed === undefined) {
    errors.push(invalid(path, address, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
  } else if (parseAddress(address) === undefined) {
    errors.push(invalid(path, address, "must not have leading 0s"));
  }
  if (parsed !== undefined && parsed.includes(":") !== (type === "IPv6")) {
    // Of the whole list, as the API server says it.
    errors.push(invalid(list, address, `must be an ${type} address`));
  }
  return parsed === undefined ? errors : [...errors, ...specialAddress(path, address)];
}

function validatePorts(slice: EndpointSlice): FieldError[] {
  const ports = slice.ports ?? [];
  if (ports.length > maxPorts) {
    return [tooMany("ports", ports.length, maxPorts)];
  }
  const names = new Set<string>();
  return ports.flatMap((port, i) => {
    const path = `ports[${i}]`;
    const errors: FieldError[] = [];
    if (port.name) errors.push(...dnsLabel(port.name).map((text) => invalid(`${path}.name`, port.name, text)));
    if (names.has(port.name ?? "")) errors.push(duplicate(`${path}.name`, port.name ?? ""));
    names.add(port.name ?? "");
    if (!protocols.includes(port.protocol ?? ""))
      errors.push(notSupported(`${path}.protocol`, port.protocol, protocols));
    if (port.appProtocol !== undefined) {
      errors.push(...qualified(port.appProtocol).map((text) => invalid(`${path}.appProtocol`, port.appProtocol, text)));
    }
    return errors;
  });
}
