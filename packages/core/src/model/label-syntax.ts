/**
 * What makes text a label key or value, with the API server's words for what does not
 * (apimachinery pkg/api/validate/content).
 */
const namePattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const valuePattern = `(${namePattern})?`;
const subdomainPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

const name = new RegExp(`^${namePattern}$`);
const value = new RegExp(`^${valuePattern}$`);
const subdomain = new RegExp(`^${subdomainPattern}$`);

const nameWords =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${namePattern}')`;
const valueWords =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and " +
  `end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${valuePattern}')`;
const subdomainWords =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
  `end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomainPattern}')`;

const maxNameBytes = 63;
const maxSubdomainBytes = 253;

/** The complaints about a label key; none for a good one. */
export function labelKeyComplaints(key: string): readonly string[] {
  const parts = key.split("/");
  if (parts.length > 2) {
    return [`a valid label key ${nameWords} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const complaints = parts.length === 2 ? prefixComplaints(parts[0]!) : [];
  const last = parts[parts.length - 1]!;
  if (last === "") complaints.push("name part must be non-empty");
  else if (utf8Length(last) > maxNameBytes) complaints.push(`name part must be no more than ${maxNameBytes} bytes`);
  if (!name.test(last)) complaints.push(`name part ${nameWords}`);
  return complaints;
}

/** The complaints about a label value; none for a good one. */
export function labelValueComplaints(text: string): readonly string[] {
  const complaints: string[] = [];
  if (utf8Length(text) > maxNameBytes) complaints.push(`must be no more than ${maxNameBytes} bytes`);
  if (!value.test(text)) complaints.push(valueWords);
  return complaints;
}

function prefixComplaints(prefix: string): string[] {
  if (prefix === "") return ["prefix part must be non-empty"];
  const complaints: string[] = [];
  if (utf8Length(prefix) > maxSubdomainBytes) {
    complaints.push(`prefix part must be no more than ${maxSubdomainBytes} bytes`);
  }
  if (!subdomain.test(prefix)) complaints.push(`prefix part ${subdomainWords}`);
  return complaints;
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}
