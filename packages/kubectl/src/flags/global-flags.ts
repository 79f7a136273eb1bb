import type { Flag } from "./flag.ts";

const oneCluster = "there is one cluster here, and nobody is asked who he is";

/**
 * What every command takes: `kubectl options`, in its order and words. Some mean nothing here: those of a log that is not written,
 * of caches and of a way to the server that there is not.
 */
const options: readonly (Flag & { readonly help: string })[] = [
  {
    name: "as",
    kind: "string",
    refusal: oneCluster,
    help: "Username to impersonate for the operation. User could be a regular user or a service account in a namespace.",
  },
  {
    name: "as-group",
    kind: "stringArray",
    refusal: oneCluster,
    help: "Group to impersonate for the operation, this flag can be repeated to specify multiple groups.",
  },
  { name: "as-uid", kind: "string", refusal: oneCluster, help: "UID to impersonate for the operation." },
  {
    name: "as-user-extra",
    kind: "stringArray",
    refusal: oneCluster,
    help: "User extras to impersonate for the operation, this flag can be repeated to specify multiple values for the same key.",
  },
  { name: "cache-dir", kind: "string", initial: "/root/.kube/cache", help: "Default cache directory" },
  {
    name: "certificate-authority",
    kind: "string",
    refusal: oneCluster,
    help: "Path to a cert file for the certificate authority",
  },
  {
    name: "client-certificate",
    kind: "string",
    refusal: oneCluster,
    help: "Path to a client certificate file for TLS",
  },
  { name: "client-key", kind: "string", refusal: oneCluster, help: "Path to a client key file for TLS" },
  { name: "cluster", kind: "string", refusal: oneCluster, help: "The name of the kubeconfig cluster to use" },
  { name: "context", kind: "string", refusal: oneCluster, help: "The name of the kubeconfig context to use" },
  {
    name: "disable-compression",
    kind: "bool",
    help: "If true, opt-out of response compression for all requests to the server",
  },
  {
    name: "insecure-skip-tls-verify",
    kind: "bool",
    help: "If true, the server's certificate will not be checked for validity. This will make your HTTPS connections insecure",
  },
  {
    name: "kubeconfig",
    kind: "string",
    refusal: oneCluster,
    help: "Path to the kubeconfig file to use for CLI requests.",
  },
  {
    name: "kuberc",
    kind: "string",
    refusal: oneCluster,
    help: "Path to the kuberc file to use for preferences. This can be disabled by exporting KUBECTL_KUBERC=false feature gate or turning off the feature KUBERC=off.",
  },
  {
    name: "log-flush-frequency",
    kind: "duration",
    initial: "5s",
    help: "Maximum number of seconds between log flushes",
  },
  { name: "match-server-version", kind: "bool", help: "Require server version to match client version" },
  { name: "namespace", short: "n", kind: "string", help: "If present, the namespace scope for this CLI request" },
  {
    name: "password",
    kind: "string",
    refusal: oneCluster,
    help: "Password for basic authentication to the API server",
  },
  {
    name: "profile",
    kind: "string",
    initial: "none",
    refusal: oneCluster,
    help: "Name of profile to capture. One of (none|cpu|heap|goroutine|threadcreate|block|mutex|trace)",
  },
  {
    name: "profile-output",
    kind: "string",
    initial: "profile.pprof",
    refusal: oneCluster,
    help: "Name of the file to write the profile to",
  },
  { name: "proxy-url", kind: "string", refusal: oneCluster, help: "Proxy URL to use for requests to the API server" },
  {
    name: "request-timeout",
    kind: "string",
    initial: "0",
    help: "The length of time to wait before giving up on a single server request. Non-zero values should contain a corresponding time unit (e.g. 1s, 2m, 3h). A value of zero means don't timeout requests.",
  },
  {
    name: "server",
    short: "s",
    kind: "string",
    refusal: oneCluster,
    help: "The address and port of the Kubernetes API server",
  },
  {
    name: "tls-server-name",
    kind: "string",
    refusal: oneCluster,
    help: "Server name to use for server certificate validation. If it is not provided, the hostname used to contact the server is used",
  },
  { name: "token", kind: "string", refusal: oneCluster, help: "Bearer token for authentication to the API server" },
  { name: "user", kind: "string", refusal: oneCluster, help: "The name of the kubeconfig user to use" },
  {
    name: "username",
    kind: "string",
    refusal: oneCluster,
    help: "Username for basic authentication to the API server",
  },
  { name: "v", short: "v", kind: "int", help: "number for the log level verbosity" },
  {
    name: "vmodule",
    kind: "string",
    help: "comma-separated list of pattern=N settings for file-filtered logging (only works for the default text log format)",
  },
  {
    name: "warnings-as-errors",
    kind: "bool",
    help: "Treat warnings received from the server as errors and exit with a non-zero exit code",
  },
];

export const globalFlags: readonly Flag[] = [...options, { name: "help", short: "h", kind: "bool" }];

/** What `kubectl options` prints (kubectl pkg/cmd/options). */
export function optionsText(): string {
  const shown = options.map((flag) => {
    const letter = flag.short === undefined ? "" : `-${flag.short}, `;
    return `    ${letter}--${flag.name}=${initialText(flag)}:\n\t${flag.help}\n\n`;
  });
  return `The following options can be passed to any command:\n\n${shown.join("")}`;
}

function initialText({ name, kind, initial = "" }: Flag): string {
  if (kind === "bool") return "false";
  if (kind === "int") return "0";
  if (kind === "stringArray") return "[]";
  return kind === "duration" || name === "vmodule" ? initial : `'${initial}'`;
}

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
