import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { findNodeCommand, nodeCommands } from "../cluster/node-command.ts";
import { failed, type Program, printed } from "../shell/program.ts";
import type { NodeSystem } from "./node-shell.ts";

const names = ["iptables-save", "ip6tables-save", "ipvsadm", "ipvsadm-save", "ipset", "nft"];

/** The programs whose texts `NodeHandle.run` gives. What they refuse goes to standard error. */
export function kernelPrograms(node: NodeSystem): (readonly [string, Program])[] {
  return names.map((name) => [
    name,
    (args) => {
      const command = [name, ...args].join(" ");
      const run = findNodeCommand(command);
      if (run === undefined) {
        const known = nodeCommands().filter((one) => one.split(" ")[0] === name);
        throw new UnsupportedError(`the command ${JSON.stringify(command)}`, `known are ${known.join(", ")}`);
      }
      const kernel = node.running();
      try {
        return printed(run(kernel));
      } catch (reason) {
        if (reason instanceof ParseError) return failed(reason.message);
        throw reason;
      }
    },
  ]);
}
