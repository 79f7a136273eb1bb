/** A kubeconfig with one cluster that asks for no credentials. */
export function kubeconfigText(server: string): string {
  return [
    "apiVersion: v1",
    "kind: Config",
    "clusters:",
    "- name: kubenetsim",
    "  cluster:",
    `    server: ${server}`,
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
