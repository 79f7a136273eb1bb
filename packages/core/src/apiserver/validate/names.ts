import { type FieldError, invalid, required } from "./field-error.ts";

/**
 * The formats of names, labels and ports, and what the API server says of a value that has another one
 * (apimachinery pkg/util/validation and pkg/api/validate/content). Each function gives the complaints; none is well.
 */
const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomain = `${label}(\\.${label})*`;
const qualifiedName = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const labelValue = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";
const wildcard = `\\*\\.${subdomain}`;
const httpPath = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const searchLabel = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const searchName = `${searchLabel}(\\.${searchLabel})*`;
const configKey = "[-._a-zA-Z0-9]+";

const labelPattern = new RegExp(`^${label}$`);
const subdomainPattern = new RegExp(`^${subdomain}$`);
const qualifiedPattern = new RegExp(`^${qualifiedName}$`);
const labelValuePattern = new RegExp(`^${labelValue}$`);
const wildcardPattern = new RegExp(`^${wildcard}$`);
const httpPathPattern = new RegExp(`^${httpPath}$`);
const searchPattern = new RegExp(`^${searchName}$`);
const configKeyPattern = new RegExp(`^${configKey}$`);

export function dnsLabel(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 63) errors.push(maxLength(63));
  if (!labelPattern.test(value)) {
    if (subdomainPattern.test(value)) errors.push("must not contain dots");
    else {
      errors.push(
        pattern(
          "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
          label,
          ["my-name", "123-abc"],
        ),
      );
    }
  }
  return errors;
}

export function dnsSubdomain(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push(maxLength(253));
  if (!subdomainPattern.test(value)) {
    errors.push(
      pattern(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
        subdomain,
        ["example.com"],
      ),
    );
  }
  return errors;
}

/** A domain that a resolver searches (IsDNS1123SubdomainWithUnderscore). */
export function searchDomain(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push(maxLength(253));
  if (!searchPattern.test(value)) {
    errors.push(
      pattern(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
        searchName,
        ["example.com"],
      ),
    );
  }
  return errors;
}

/** `*.example.com` (IsWildcardDNS1123Subdomain). */
export function wildcardSubdomain(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push(maxLength(253));
  if (!wildcardPattern.test(value)) {
    errors.push(
      pattern(
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
        wildcard,
        ["*.example.com"],
      ),
    );
  }
  return errors;
}

/** One step of a path (IsPathSegmentName). */
export function pathSegment(value: string): string[] {
  if (value === "." || value === "..") return [`may not be '${value}'`];
  return ["/", "%"].filter((char) => value.includes(char)).map((char) => `may not contain '${char}'`);
}

/** `example.com/path` (IsDomainPrefixedPath). */
export function domainPrefixedPath(field: string, value: string): FieldError[] {
  if (value === "") return [required(field)];
  const slash = value.indexOf("/");
  const host = slash < 0 ? "" : value.slice(0, slash);
  const path = value.slice(slash + 1);
  if (host === "" || path === "") {
    return [invalid(field, value, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  }
  const errors = dnsSubdomain(host).map((text) => invalid(field, host, text));
  if (httpPathPattern.test(path)) return errors;
  return [...errors, invalid(field, path, pattern("Invalid path", httpPath, []))];
}

export function qualified(value: string): string[] {
  const parts = value.split("/");
  const errors: string[] = [];
  if (parts.length > 2) {
    return [
      pattern(
        "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        qualifiedName,
        ["MyName", "my.name", "123-abc"],
      ).concat(" with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"),
    ];
  }
  if (parts.length === 2) {
    if (parts[0] === "") errors.push("prefix part must be non-empty");
    else errors.push(...dnsSubdomain(parts[0]!).map((text) => `prefix part ${inBytes(text)}`));
  }
  const name = parts.at(-1)!;
  if (name === "") errors.push("name part must be non-empty");
  else if (name.length > 63) errors.push(`name part ${maxBytes(63)}`);
  if (!qualifiedPattern.test(name)) {
    errors.push(
      `name part ${pattern("must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", qualifiedName, ["MyName", "my.name", "123-abc"])}`,
    );
  }
  return errors;
}

export function labelValueErrors(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 63) errors.push(maxBytes(63));
  if (!labelValuePattern.test(value)) {
    errors.push(
      pattern(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        labelValue,
        ["MyValue", "my_value", "12345"],
      ),
    );
  }
  return errors;
}

export function configMapKey(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push(maxLength(253));
  if (!configKeyPattern.test(value)) {
    errors.push(
      pattern("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", configKey, [
        "key.name",
        "KEY_NAME",
        "key-name",
      ]),
    );
  }
  if (value === ".") errors.push("must not be '.'");
  else if (value === "..") errors.push("must not be '..'");
  else if (value.startsWith("..")) errors.push("must not start with '..'");
  return errors;
}

export function portNumber(port: number): string[] {
  return port >= 1 && port <= 65535 ? [] : ["must be between 1 and 65535, inclusive"];
}

export function portName(port: string): string[] {
  const errors: string[] = [];
  if (port.length > 15) errors.push(maxLength(15));
  if (!/^[-a-z0-9]+$/.test(port)) errors.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(port)) errors.push("must contain at least one letter (a-z)");
  if (port.includes("--")) errors.push("must not contain consecutive hyphens");
  if (port.startsWith("-") || port.endsWith("-")) errors.push("must not begin or end with a hyphen");
  return errors;
}

function maxLength(count: number): string {
  return `must be no more than ${count} characters`;
}

/** Of labels and their parts the length is told in bytes (apimachinery, pkg/api/validate/content). */
function maxBytes(count: number): string {
  return inBytes(maxLength(count));
}

function inBytes(text: string): string {
  return text.replace(/(no more than \d+) characters$/, "$1 bytes");
}

function pattern(what: string, regex: string, examples: readonly string[]): string {
  const list = examples.map((example) => `'${example}', `).join(" or ");
  return `${what} (${list === "" ? "" : `e.g. ${list}`}regex used for validation is '${regex}')`;
}
