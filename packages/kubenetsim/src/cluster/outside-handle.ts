import type { CommandResult, FileTree } from "@kubenetsim/kubectl";
import type { Source } from "../connect/source.ts";
import { namePrograms } from "../dns/programs/name-programs.ts";
import type { CurlOptions } from "../http/curl-options.ts";
import { curl } from "../http/programs/curl.ts";
import { commandSource, type ShellValue } from "../shell/command-source.ts";
import { textPrograms } from "../shell/programs/text-programs.ts";
import { runLine } from "../shell/run-commands.ts";
import { ClientHandle, type Questions } from "./client-handle.ts";

/** A host outside of the cluster, such as a user's own computer. */
export class OutsideHandle extends ClientHandle {
  readonly #ask: Questions;
  readonly #files: FileTree;

  constructor(source: Source, ask: Questions, files: FileTree) {
    super(source, ask);
    this.#ask = ask;
    this.#files = files;
  }

  /**
   * Runs a command line there: `curl`, `dig`, `nslookup`, `getent hosts`, piped into `grep` and the like. The host has files of its own,
   * `/etc/hosts` among them, by which its programs find names.
   *
   * @example
   * const user = lab.external();
   * user.sh`echo 192.168.10.11 shop.test >> /etc/hosts`;
   * user.sh`curl -i http://shop.test:30080/cart`.stdout;
   * @throws ParseError for an inserted value that is neither text nor number
   */
  sh(line: TemplateStringsArray | string, ...values: readonly ShellValue[]): CommandResult {
    const names = this.#ask.names(this.source);
    const here = { names: () => names, request: (url: string, options: CurlOptions) => this.curl(url, options) };
    const programs = new Map([...textPrograms, ...namePrograms(names), ["curl", curl(here)] as const]);
    const files: FileTree = {
      read: (path) => this.#files.read(path) ?? given(path, names.files()),
      write: (path, text) => this.#files.write(path, text),
      list: (folder) => this.#files.list(folder),
    };
    return runLine(commandSource(line, values), { programs, files });
  }
}

/** What is there before anybody has written it. */
function given(path: string, { hosts, resolvConf }: { hosts: string; resolvConf: string }): string | undefined {
  if (path === "/etc/hosts") return hosts;
  return path === "/etc/resolv.conf" ? resolvConf : undefined;
}
