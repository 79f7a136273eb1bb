import type { Flag } from "./flag.ts";

const oneCluster = "there is one cluster here, and nobody is asked who he is";

/** What every command takes: `kubectl options`, as far as it means something here, or nothing at all. */
export const globalFlags: readonly Flag[] = [
  { name: "namespace", short: "n", kind: "string" },
  { name: "request-timeout", kind: "string", initial: "0" },
  { name: "warnings-as-errors", kind: "bool" },
  { name: "help", short: "h", kind: "bool" },
  // Of a log that is not written, of caches and of a way to the server that there is not.
  { name: "cache-dir", kind: "string" },
  { name: "disable-compression", kind: "bool" },
  { name: "insecure-skip-tls-verify", kind: "bool" },
  { name: "log-flush-frequency", kind: "duration" },
  { name: "match-server-version", kind: "bool" },
  { name: "v", short: "v", kind: "int" },
  { name: "vmodule", kind: "string" },
  ...[
    "as",
    "as-group",
    "as-uid",
    "as-user-extra",
    "certificate-authority",
    "client-certificate",
    "client-key",
    "cluster",
    "context",
    "kubeconfig",
    "kuberc",
    "password",
    "profile",
    "profile-output",
    "proxy-url",
    "tls-server-name",
    "token",
    "user",
    "username",
  ].map((name): Flag => ({ name, kind: "string", refusal: oneCluster })),
  { name: "server", short: "s", kind: "string", refusal: oneCluster },
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
