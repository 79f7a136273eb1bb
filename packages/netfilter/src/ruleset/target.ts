import type { AddressWords } from "@kubenetsim/core/net/address";

/** What a rule does when all of it matches. A target that is not here is an `UnsupportedError`. */
export type Target =
  | { readonly kind: "ACCEPT" | "DROP" | "RETURN" }
  | { readonly kind: "jump" | "goto"; readonly chain: string }
  | { readonly kind: "REJECT"; readonly with: string }
  | { readonly kind: "DNAT"; readonly address: AddressWords; readonly port: number | undefined }
  | { readonly kind: "MASQUERADE"; readonly randomFully: boolean }
  | { readonly kind: "REDIRECT"; readonly port: number | undefined }
  /** `--set-xmark value/mask`: mark = (mark & ~mask) ^ value. */
  | { readonly kind: "MARK"; readonly value: number; readonly mask: number };

/** The targets of iptables 1.8.9 that are none of these, `QUEUE` too: a rule that has another name for its target jumps to a chain. */
export const otherTargets: ReadonlySet<string> = new Set(
  (
    "AUDIT CHECKSUM CLASSIFY CLUSTERIP CONNMARK CONNSECMARK CT DNPT DSCP ECN HL HMARK IDLETIMER LED LOG NETMAP NFLOG NFQUEUE " +
    "NOTRACK QUEUE RATEEST SECMARK SET SNAT SNPT SYNPROXY TCPMSS TCPOPTSTRIP TEE TOS TPROXY TRACE TTL ULOG"
  ).split(" "),
);
