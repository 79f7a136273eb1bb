import { ingressNginx } from "@kubenetsim/ingress";
import type { CommandResult, FileTree } from "@kubenetsim/kubectl";
import type { Source } from "../connect/source.ts";
import { namePrograms, withNameFiles } from "../dns/programs/name-programs.ts";
import type { CurlOptions } from "../http/curl-options.ts";
import { curl } from "../http/programs/curl.ts";
import { controllerView, type IngressControllerView } from "../ingress/controller-view.ts";
import { nginxProgram, withNginxConf } from "../ingress/nginx-program.ts";
import { nodeFiles } from "../node-shell/node-files.ts";
import { commandSource, type ShellValue } from "../shell/command-source.ts";
import type { Programs } from "../shell/program.ts";
import { textPrograms } from "../shell/programs/text-programs.ts";
import { runLine } from "../shell/run-commands.ts";
import { ClientHandle, type Questions } from "./client-handle.ts";

/** A Pod: what its programs reach and find. */
export class PodHandle extends ClientHandle {
  readonly #ask: Questions;
  readonly #files: FileTree;

  constructor(source: Source, ask: Questions, files: FileTree) {
    super(source, ask);
    this.#ask = ask;
    this.#files = files;
  }

  /**
   * The ingress controller that the Pod runs, told by its container's image: what it listens on, its configuration, its log. Undefined
   * where none runs. It sees what was settled.
   *
   * @example lab.pod("ingress-nginx/ingress-nginx-controller").ingressController?.listens
   * @throws ParseError where there is no such Pod
   */
  get ingressController(): IngressControllerView | undefined {
    const running = this.#ask.controller(this.source);
    return running && controllerView(running);
  }

  /**
   * Runs a command line in the Pod, as `kubectl exec` does: `nslookup`, `dig`, `getent hosts`, `curl`, `cat /etc/resolv.conf`, piped into `grep`
   * and the like; `nginx -T` and `cat /etc/nginx/nginx.conf` where ingress-nginx runs. In a template each inserted value is one word, or a part of one; nothing else is expanded.
   * Refusals are as those of a node's shell.
   *
   * @example lab.pod("shop/client").sh`nslookup web`.stdout
   * @throws ParseError where there is no such Pod, and for an inserted value that is neither text nor number
   */
  sh(line: TemplateStringsArray | string, ...values: readonly ShellValue[]): CommandResult {
    const system = this.#ask.names(this.source);
    const here = { names: () => system, request: (url: string, options: CurlOptions) => this.curl(url, options) };
    const programs = new Map([...textPrograms, ...namePrograms(system), ["curl", curl(here)] as const]);
    const files = withNameFiles(nodeFiles(this.#files), system);
    return runLine(commandSource(line, values), this.#withNginx({ programs, files }));
  }

  /** With what the container of ingress-nginx has besides. */
  #withNginx(found: { readonly programs: Programs; readonly files: FileTree }): typeof found {
    if (this.#ask.controller(this.source)?.place.definition !== ingressNginx) return found;
    const configuration = (): string => this.ingressController?.configurationText ?? "";
    const programs = new Map([...found.programs, ["nginx", nginxProgram(configuration)] as const]);
    return { programs, files: withNginxConf(found.files, configuration) };
  }
}
