/** What one check of a case came to. */
export interface CheckResult {
  /** The kind of check, as the summary counts them: `chains`, `packets`, `iptables-save`. */
  readonly group: string;
  /** Which one of its group, where a case has several: the packet's name, the node and file. */
  readonly name?: string;
  readonly ok: boolean;
  /** For a failing check: the first difference, on one line. */
  readonly detail?: string;
}

/** A check with the case and family that it belongs to: one element of the `--json` file. */
export interface Check {
  /** The case's file or folder, as it was reached from the folder on the command line. */
  readonly case: string;
  readonly family: string;
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** A kind of recorded case: how its files are recognised, and how one is held against the simulator. */
export interface Family {
  /** As the summary names it: `kube-proxy/iptables`. */
  readonly name: string;
  /** Is this file or folder (an absolute path) one case? A folder that is one is not descended into. */
  claims(path: string, isFolder: boolean): boolean;
  /** All checks of one case. What throws (an unreadable file, something not modelled) is a failed check. */
  run(path: string): Iterable<CheckResult>;
}

export function passed(group: string, name?: string): CheckResult {
  return name === undefined ? { group, ok: true } : { group, name, ok: true };
}

export function failed(group: string, detail: string, name?: string): CheckResult {
  return name === undefined ? { group, ok: false, detail } : { group, name, ok: false, detail };
}
