/** A kubeconfig with one cluster that asks for no credentials. Some clients want to be told that there is no TLS to verify. */
export function kubeconfigText(server: string): string {
  return [
    "apiVersion: v1",
    "kind: Config",
    "clusters:",
    "- name: kubenetsim",
    "  cluster:",
    `    server: ${server}`,
    "    insecure-skip-tls-verify: true",
    "users:",
    "- name: kubenetsim",
    "  user: {}",
    "contexts:",
    "- name: kubenetsim",
    "  context:",
    "    cluster: kubenetsim",
    "    user: kubenetsim",
    "current-context: kubenetsim",
    "",
  ].join("\n");
}
