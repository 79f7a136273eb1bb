import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { FileTree } from "@kubenetsim/kubectl";
import { type Program, printed } from "../shell/program.ts";

/** Where the controller writes what its nginx runs by. */
const path = "/etc/nginx/nginx.conf";

/** `nginx` in a controller's container: `-t` and `-T` of the file that runs, and `-v`. That file has passed the controller's own test. */
export function nginxProgram(configuration: () => string): Program {
  return (args) => {
    const [option, ...rest] = args;
    if (rest.length > 0 || !["-t", "-T", "-v"].includes(option ?? "")) {
      throw new UnsupportedError(`nginx ${args.join(" ")}`, "nginx -t, -T and -v are there");
    }
    if (option === "-v") return { stdout: "", stderr: "nginx version: nginx/1.27.1\n", exitCode: 0 };
    const stderr = [
      `nginx: the configuration file ${path} syntax is ok\n`,
      `nginx: configuration file ${path} test is successful\n`,
    ].join("");
    const stdout = option === "-T" ? `# configuration file ${path}:\n${configuration()}\n` : "";
    return { ...printed(stdout), stderr };
  };
}

/** Files with the nginx.conf of a controller among them. */
export function withNginxConf(files: FileTree, configuration: () => string): FileTree {
  return {
    read: (name) => (name === path ? configuration() : files.read(name)),
    write: (name, text) => files.write(name, text),
    list: (folder) => files.list(folder),
  };
}
