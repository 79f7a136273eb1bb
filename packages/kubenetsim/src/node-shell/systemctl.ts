import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { failed, type Program, printed } from "../shell/program.ts";
import type { NodeSystem } from "./node-shell.ts";

/** `systemctl restart kube-proxy`, on a node where kube-proxy is a service; `is-active` tells whether it runs. */
export function systemctl(node: NodeSystem): Program {
  return (args) => {
    const [verb = "", ...units] = args;
    const isOurs = units.length === 1 && /^kube-proxy(?:\.service)?$/.test(units[0]!);
    if (!isOurs || !["restart", "is-active"].includes(verb)) {
      const known = "known are systemctl restart kube-proxy and systemctl is-active kube-proxy";
      throw new UnsupportedError(`the command ${JSON.stringify(`systemctl ${args.join(" ")}`)}`, known);
    }
    if (verb === "is-active") {
      const isActive = !node.proxyIsPod && node.running().proxy !== undefined;
      return { stdout: isActive ? "active\n" : "inactive\n", stderr: "", exitCode: isActive ? 0 : 3 };
    }
    if (node.proxyIsPod) return failed("Failed to restart kube-proxy.service: Unit kube-proxy.service not found.", 5);
    node.restartKubeProxy();
    return printed("");
  };
}
