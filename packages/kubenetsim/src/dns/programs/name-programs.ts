import type { FileTree } from "@kubenetsim/kubectl";
import type { Program } from "../../shell/program.ts";
import { dig } from "./dig.ts";
import { getent } from "./getent.ts";
import type { NameSystem } from "./name-system.ts";
import { nslookup } from "./nslookup.ts";

/** The programs that look names up, by what is typed. */
export function namePrograms(system: NameSystem): readonly (readonly [string, Program])[] {
  return [
    ["dig", dig(system)],
    ["getent", getent(system)],
    ["nslookup", nslookup(system)],
  ];
}

/** Files with /etc/resolv.conf and /etc/hosts among them. Nobody writes those. */
export function withNameFiles(files: FileTree, system: NameSystem): FileTree {
  return {
    read(path) {
      if (path === "/etc/resolv.conf") return system.files().resolvConf;
      return path === "/etc/hosts" ? system.files().hosts : files.read(path);
    },
    write: (path, text) => files.write(path, text),
    list: (folder) => files.list(folder),
  };
}
