import { parseQuantity, type Quantity, quantityText, wholeUnits } from "../decode/quantity.ts";
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  invalidEach,
  notFound,
  required,
} from "../validate/field-error.ts";
import { dnsLabel, qualified } from "../validate/names.ts";
import type { Quantities, Resources } from "./pod-fields.ts";

/** What a container asks for and what it may use at most (ValidateContainerResourceRequirements). */
export function validateResources(resources: Resources, claimNames: ReadonlySet<string>, path: string): FieldError[] {
  const { limits = {}, requests = {}, claims = [] } = resources;
  const errors = [
    ...Object.keys(limits).flatMap((name) => [
      ...amountErrors(name, limits[name]!, `${path}.limits`),
      ...pageErrors(name, limits[name]!, `${path}.limits`),
    ]),
    ...Object.keys(requests).flatMap((name) => [
      ...amountErrors(name, requests[name]!, `${path}.requests`),
      ...overLimit(name, requests[name]!, limits, path),
      ...pageErrors(name, requests[name]!, `${path}.requests`),
    ]),
  ];
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePage) && !names.includes("cpu") && !names.includes("memory")) {
    errors.push(forbidden(path, "HugePages require cpu or memory"));
  }
  return [...errors, ...claimErrors(claims, claimNames, `${path}.claims`)];
}

function amountErrors(name: string, text: string, path: string): FieldError[] {
  const at = `${path}[${name}]`;
  const amount = parseQuantity(text);
  const errors = nameErrors(name, at);
  if (amount.nano < 0n) errors.push(invalid(at, quantityText(amount), "must be greater than or equal to 0"));
  if (isExtended(name) && amount.nano % 10n ** 9n !== 0n) {
    errors.push(invalid(at, quantityText(amount), "must be an integer"));
  }
  return errors;
}

function pageErrors(name: string, text: string, path: string): FieldError[] {
  const amount = parseQuantity(text);
  if (!isHugePage(name) || isWholePages(name, amount)) return [];
  const detail = `${quantityText(amount)} is not positive integer multiple of ${name}`;
  return [invalid(`${path}[${name}]`, quantityText(amount), detail)];
}

const containerResources = ["cpu", "memory", "ephemeral-storage"];
/** What other kinds count, and containers do not. */
const otherResources = new Set([
  ...["requests", "limits"].flatMap((one) => containerResources.map((name) => `${one}.${name}`)),
  ...["pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps"],
  ...["persistentvolumeclaims", "storage", "requests.storage", "services.nodeports", "services.loadbalancers"],
]);

function nameErrors(name: string, path: string): FieldError[] {
  const errors = invalidEach(path, name, qualified(name));
  const isPlain = name.split("/").length === 1;
  const isOurs = containerResources.includes(name) || isHugePage(name);
  if (errors.length === 0 && isPlain && !isOurs && !otherResources.has(name)) {
    if (!name.startsWith("requests.hugepages-")) {
      errors.push(invalid(path, name, "must be a standard resource type or fully qualified"));
    }
  }
  if (isPlain) {
    return isOurs ? errors : [...errors, invalid(path, name, "must be a standard resource for containers")];
  }
  if (isNative(name) || isExtended(name)) return errors;
  return [...errors, invalid(path, name, "doesn't follow extended resource name standard")];
}

function overLimit(name: string, text: string, limits: Quantities, path: string): FieldError[] {
  const mayExceed = isNative(name) && !isHugePage(name);
  if (limits[name] === undefined) {
    return mayExceed ? [] : [required(`${path}.limits`, "Limit must be set for non overcommitable resources")];
  }
  const [request, limit] = [parseQuantity(text), parseQuantity(limits[name])];
  const rule =
    request.nano !== limit.nano && !mayExceed
      ? "equal to"
      : request.nano > limit.nano
        ? "less than or equal to"
        : undefined;
  if (rule === undefined) return [];
  const detail = `must be ${rule} ${name} limit of ${quantityText(limit)}`;
  return [invalid(`${path}.requests`, quantityText(request), detail)];
}

function isHugePage(name: string): boolean {
  return name.startsWith("hugepages-");
}

function isWholePages(name: string, amount: Quantity): boolean {
  try {
    const page = parseQuantity(name.slice("hugepages-".length));
    return page.nano > 0n && page.nano % 10n ** 9n === 0n && wholeUnits(amount) % wholeUnits(page) === 0n;
  } catch {
    return false;
  }
}

function isNative(name: string): boolean {
  return !name.includes("/") || name.includes("kubernetes.io/");
}

function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith("requests.") && qualified(`requests.${name}`).length === 0;
}

function claimErrors(claims: NonNullable<Resources["claims"]>, known: ReadonlySet<string>, path: string): FieldError[] {
  const seen = new Set<string>();
  return claims.flatMap(({ name, request }, i) => {
    const at = `${path}[${i}]`;
    if (!name) return [required(at)];
    const errors: FieldError[] = [];
    if (seen.has(name)) errors.push(duplicate(at, name));
    else {
      if (request) errors.push(...invalidEach(`${at}.request`, request, dnsLabel(request)));
      const key = request ? `${name}/${request}` : name;
      if (seen.has(key)) errors.push(duplicate(at, key));
      else if (!request) {
        errors.push(...[...seen].filter((one) => one.startsWith(`${name}/`)).map(() => duplicate(at, name)));
      }
      seen.add(key);
    }
    if (known.has(name)) return errors;
    const list = known.size === 0 ? " which is empty" : `: ${[...known].sort().join(", ")}`;
    return [...errors, notFound(at, name, `must be one of the names in pod.spec.resourceClaims${list}`)];
  });
}
