import type { IpFamily } from "@kubenetsim/core/net/address";
import type { TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { parseIptablesSave } from "@kubenetsim/netfilter/text/iptables-parse";
import type { NodePlane } from "../dataplane/node-plane.ts";
import { ipsetListText, ipvsadmText, nodeIptables } from "../print/node-texts.ts";
import { ClientHandle, type Questions } from "./client-handle.ts";
import { readTableName } from "./table-name.ts";

export interface IptablesSaveOptions {
  /** IPv4 unless given; `iptables-save` and `ip6tables-save`. */
  readonly family?: IpFamily;
  /** `-c`: with packets and bytes. */
  readonly counters?: boolean;
}

/** One node: what its kernel holds, as the node's own programs print it. */
export class NodeHandle extends ClientHandle {
  readonly name: string;
  readonly #plane: () => NodePlane;

  /** `plane` is asked for when it is needed, since it may throw for a node that does not exist. */
  constructor(name: string, plane: () => NodePlane, ask: Questions) {
    super({ kind: "node", name }, ask);
    this.name = name;
    this.#plane = plane;
  }

  /** `iptables-save [-t table]`. @throws ParseError for a table that iptables does not have. */
  iptablesSave(table?: TableName, options: IptablesSaveOptions = {}): string {
    if (table !== undefined) readTableName(table);
    return nodeIptables(this.#plane().current().kernel, { ...options, ...(table === undefined ? {} : { table }) });
  }

  /**
   * `iptables-restore`: the rules of a dump, of this or any other machine, in the place of what kube-proxy wrote. What is
   * settled later is written over them.
   *
   * @throws ParseError, UnsupportedError with the line.
   */
  iptablesRestore(text: string, options: { readonly source?: string; readonly family?: IpFamily } = {}): void {
    this.#plane().load(parseIptablesSave(text, options));
  }

  /** `ipvsadm -Ln`. */
  ipvsadm(): string {
    return ipvsadmText.print(this.#plane().current());
  }

  /** `ipset list`. */
  ipsetList(): string {
    return ipsetListText.print(this.#plane().current());
  }
}
