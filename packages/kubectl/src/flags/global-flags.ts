import type { Flag } from "./flag.ts";

/** What every command takes: `kubectl options`, as far as it means something here. */
export const globalFlags: readonly Flag[] = [
  { name: "namespace", short: "n", kind: "string" },
  { name: "request-timeout", kind: "string", initial: "0" },
  { name: "warnings-as-errors", kind: "bool" },
  { name: "help", short: "h", kind: "bool" },
];

export const dryRunFlag: Flag = { name: "dry-run", kind: "string", initial: "none", bare: "unchanged" };

/** Of commands that create or change something. */
export const writeFlags: readonly Flag[] = [
  dryRunFlag,
  { name: "field-manager", kind: "string" },
  { name: "validate", kind: "string", initial: "strict", bare: "strict" },
];

/** Of commands that print what they made (cli-runtime, genericclioptions.PrintFlags). */
export const printFlags: readonly Flag[] = [
  { name: "output", short: "o", kind: "string" },
  { name: "template", kind: "string" },
  { name: "allow-missing-template-keys", kind: "bool", initial: "true" },
  { name: "show-managed-fields", kind: "bool" },
];

export const saveConfigFlag: Flag = { name: "save-config", kind: "bool" };
