import type { IpFamily } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { CommandResult, FileTree } from "@kubenetsim/kubectl";
import type { Ruleset, TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { parseIptablesSave } from "@kubenetsim/netfilter/text/iptables-parse";
import type { Host } from "@kubenetsim/network/topology/host";
import type { Topology } from "@kubenetsim/network/topology/topology";
import type { KubeProxyConfig, ProxyMode } from "@kubenetsim/proxy/config/kube-proxy-config";
import { startLog } from "@kubenetsim/proxy/log/start-log";
import type { NodePlane } from "../dataplane/node-plane.ts";
import type { ProxyAction } from "../dataplane/object-history.ts";
import { type NodeRules, nodeRules, type RulesOptions, type RulesProgram } from "../display/shown-rules.ts";
import { withNameFiles } from "../dns/programs/name-programs.ts";
import { nodeFiles } from "../node-shell/node-files.ts";
import { nodePrograms } from "../node-shell/node-programs.ts";
import type { NodeSystem } from "../node-shell/node-shell.ts";
import { ipsetListText, ipvsadmText, nftTableText, nodeIptables } from "../print/node-texts.ts";
import { commandSource, type ShellValue } from "../shell/command-source.ts";
import type { Program } from "../shell/program.ts";
import { runLine } from "../shell/run-commands.ts";
import { ClientHandle, type Questions } from "./client-handle.ts";
import { readNodeCommand } from "./node-command.ts";
import { readTableName } from "./table-name.ts";

export interface IptablesSaveOptions {
  /** IPv4 unless given; `iptables-save` and `ip6tables-save`. */
  readonly family?: IpFamily;
  /** `-c`: with packets and bytes. */
  readonly counters?: boolean;
}

/** Whose rules a mode's are; iptables' unless said. */
const programs: Readonly<Partial<Record<ProxyMode, RulesProgram>>> = { ipvs: "ipvs", nftables: "nft" };

/** How a handle gets at its node. Both throw for one that does not exist. */
export interface NodeControl {
  plane(): NodePlane;
  act(kind: ProxyAction["kind"]): void;
  load(ruleset: Ruleset): void;
  /** Its place in the network. */
  network(): { readonly topology: Topology; readonly host: Host };
  /** kube-proxy runs there in a Pod. */
  proxyIsPod(): boolean;
  /** Asks kube-proxy's health servers. */
  ask(question: { readonly port: number; readonly path: string }): string | undefined;
}

/** What a node's shell has besides the node. */
export interface NodeShell {
  readonly files: FileTree;
  readonly programs: readonly (readonly [string, Program])[];
}

/** One node: what its kernel holds, as the node's own programs print it. */
export class NodeHandle extends ClientHandle {
  readonly name: string;
  readonly #control: NodeControl;
  readonly #shell: NodeShell;
  readonly #ask: Questions;

  constructor(name: string, control: NodeControl, ask: Questions, shell: NodeShell) {
    super({ kind: "node", name }, ask);
    this.name = name;
    this.#control = control;
    this.#shell = shell;
    this.#ask = ask;
  }

  /** What kube-proxy on this node runs with: what it took when it started. Undefined before it has. */
  get proxyConfig(): KubeProxyConfig | undefined {
    return this.#control.plane().current().proxy?.config;
  }

  get proxyMode(): ProxyMode | undefined {
    return this.proxyConfig?.mode;
  }

  /**
   * What kube-proxy on this node has logged, without klog's header: what the last clean-up of
   * leftovers, its own at the start or `kube-proxy --cleanup`, could not remove; of its configuration when it started; and of
   * its last sync what that could not do; at the default verbosity, one line each. Nothing before it has started.
   */
  get kubeProxyLog(): readonly string[] {
    const { proxy, userspace, cleanUpProblems } = this.#control.plane().current();
    if (proxy === undefined) return [];
    const problems = [...proxy.proxiers.flatMap((one) => one.problems ?? []), ...(userspace?.problems ?? [])];
    const lines = [...cleanUpProblems, ...startLog(proxy.config, proxy.node), ...problems.map(({ line }) => line)];
    return lines.map(({ level, text }) => `${level === "error" ? "E" : "I"} ${text}`);
  }

  /**
   * What kube-proxy on this node answers to a health check, as `curl -i` prints it: on a Service's healthCheckNodePort, and
   * `/healthz` and `/livez` on port 10256, `/proxyMode` on 10249, or where its configuration puts them. It is asked at an address
   * where it listens.
   *
   * @throws ParseError when kube-proxy does not listen on the port
   */
  healthCheck(port: number, path = "/"): string {
    const answer = this.#control.ask({ port, path });
    if (answer !== undefined) return answer;
    throw new ParseError(`kube-proxy on node ${this.name} does not listen on port ${port}: connection refused`);
  }

  /** Ends kube-proxy on this node: the one that starts in its place takes the configuration of now. */
  restartKubeProxy(): void {
    this.#control.act("restart");
  }

  /**
   * `kube-proxy --cleanup`: removes what kube-proxies of all modes have left on the node, and what the one that runs has
   * written too, which it writes again when it notices: in iptables mode
   * within its sync period of 30 s, in nftables mode at its next full sync or when nft refuses a change.
   */
  cleanupKubeProxy(): void {
    this.#control.act("cleanup");
  }

  /** `iptables-save [-t table]`. @throws ParseError for a table that iptables does not have. */
  iptablesSave(table?: TableName, options: IptablesSaveOptions = {}): string {
    if (table !== undefined) readTableName(table);
    return nodeIptables(this.#running().kernel, { ...options, ...(table === undefined ? {} : { table }) });
  }

  /**
   * `iptables-restore`: the rules of a dump, of this or any other machine, in the place of all that kube-proxy wrote for this
   * family: its nftables table goes too, and so do IPVS and kube-ipvs0 unless the dump names sets, as those of ipvs mode do.
   * In iptables mode kube-proxy writes all of its own again within 30 s of virtual time when its canary chains are not among
   * them; else a change that needs a chain which is not there any more makes it do so, or the hour.
   *
   * @throws ParseError, UnsupportedError with the line.
   */
  iptablesRestore(text: string, options: { readonly source?: string; readonly family?: IpFamily } = {}): void {
    const { kernel } = this.#control.plane().current();
    const sets = new Set(kernel.sets().map(({ name }) => name));
    this.#control.load(parseIptablesSave(text, { ...options, sets }));
  }

  /**
   * What a command prints on the node: `iptables-save -c -t nat`, `ipset list KUBE-CLUSTER-IP`, `ipvsadm -L -n --stats`, `ipvsadm -Lnc`, `ipvsadm-save -n`,
   * `ipset save`, `nft list table ip kube-proxy` and the others that tell what its kernel holds.
   * `ipvsadm` also changes it, with `-A -E -D -a -e -d -C -Z --set` and their options; kube-proxy in ipvs mode makes the virtual
   * servers that are its own what it wants at its next sync, and knows nothing of it before.
   *
   * @throws ParseError for another command, with those that there are, and where the command fails on the node
   */
  run(command: string): string {
    return readNodeCommand(command)(this.#running());
  }

  /**
   * Runs a command line on the node, as somebody types it there: `iptables-save`, `iptables -t nat -L -n -v`, `ipvsadm`, `ipset`,
   * `nft list`, `conntrack -L`, `ip addr`, `ip route`, `ss -lnt`, `systemctl restart kube-proxy`, `curl`, `dig`, `nslookup`, `getent hosts`, `kubectl`; piped into
   * `grep`, `head`, `tail`, `wc`, `sort`, `uniq` and `cat`, with `> file` into the cluster's `files`. In a template each inserted
   * value is one word, or a part of one; nothing else is expanded. What is no command line (exit code 2), a command (127) and an
   * option (1) that are not known are refused on `stderr`, with those that are.
   *
   * @example lab.node("n1").sh`iptables-save | grep ${name}`.stdout;
   * @throws ParseError where there is no such node, and for an inserted value that is neither text nor number
   */
  sh(line: TemplateStringsArray | string, ...values: readonly ShellValue[]): CommandResult {
    // There must be such a node, whatever is typed.
    this.#control.plane();
    const { files, programs } = this.#shell;
    const system = this.#system();
    const known = nodePrograms(system, programs);
    const seen = withNameFiles(nodeFiles(files), system.names());
    return runLine(commandSource(line, values), { programs: known, files: seen });
  }

  /**
   * What its kernel holds of rules now, to be looked at: text as the program lists it, a picture of chains and jumps, JSON.
   *
   * @param program that of kube-proxy's mode unless given: `nft` in nftables mode, `ipvs` in ipvs mode, else `iptables`
   * @example lab.node("n1").rules("iptables", { table: "nat" }).toSVG();
   * @throws ParseError for another program, and a table that iptables does not have
   */
  rules(
    program: RulesProgram = programs[this.proxyMode ?? "iptables"] ?? "iptables",
    options: RulesOptions = {},
  ): NodeRules {
    if (options.table !== undefined) readTableName(options.table);
    return nodeRules(this.name, this.#running(), program, options);
  }

  /** `ipvsadm -Ln`. */
  ipvsadm(): string {
    return ipvsadmText.print(this.#running());
  }

  /** `ipset list`. */
  ipsetList(): string {
    return ipsetListText.print(this.#running());
  }

  /** `nft list table ip kube-proxy`, or `ip6`; "" where kube-proxy has not written one. */
  nftList(options: { readonly family?: IpFamily } = {}): string {
    return nftTableText(this.#running(), options.family === "IPv6" ? "ip6" : "ip") ?? "";
  }

  #system(): NodeSystem {
    const control = this.#control;
    return {
      name: this.name,
      running: () => this.#running(),
      network: () => control.network(),
      restartKubeProxy: () => control.act("restart"),
      proxyIsPod: control.proxyIsPod(),
      names: () => this.#ask.names(this.source),
      request: (url, options) => this.curl(url, options),
    };
  }

  #running() {
    const plane = this.#control.plane();
    plane.requireModelled();
    return plane.current();
  }
}
