/** Where ours and the real one part first. */
export interface Difference {
  /** 0 for the start. */
  readonly step: number;
  /** The kind: `iptables-save`, `input of iptables-save` for a text that was fed to the tool, `pick`, `state`. */
  readonly where: string;
  readonly text: string;
}
