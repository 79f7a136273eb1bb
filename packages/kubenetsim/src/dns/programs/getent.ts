import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { type Program, printed } from "../../shell/program.ts";
import type { NameSystem } from "./name-system.ts";

const addressWidth = 16;

/** `getent hosts NAME…` and `ahosts` of glibc. Names that are not found end it with 2. */
export function getent(system: NameSystem): Program {
  return ([database, ...names]) => {
    if ((database !== "hosts" && database !== "ahosts") || names.length === 0) {
      throw new UnsupportedError(`getent ${database ?? ""}`, "getent takes hosts NAME and ahosts NAME");
    }
    let stdout = "";
    let isMissing = false;
    for (const name of names) {
      const { addresses, foundAs = name } = system.resolve(name);
      isMissing ||= addresses.length === 0;
      const found = foundAs.replace(/\.$/, "");
      if (database === "hosts") {
        const [first] = addresses;
        const alike = addresses.filter((address) => address.includes(":") === first?.includes(":"));
        stdout += alike.map((address) => `${address.padEnd(addressWidth)}${found}\n`).join("");
      } else {
        for (const [index, address] of addresses.entries()) {
          const named = index === 0 ? found : "";
          const kinds = [`STREAM ${named}`, "DGRAM  ", "RAW    "];
          stdout += kinds.map((kind) => `${address.padEnd(addressWidth)}${kind}\n`).join("");
        }
      }
    }
    return isMissing ? { stdout, stderr: "", exitCode: 2 } : printed(stdout);
  };
}
