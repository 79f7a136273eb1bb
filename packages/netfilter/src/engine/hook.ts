import type { HookName } from "@kubenetsim/core/trace/step";

/** The five netfilter hooks, numbered as the kernel numbers them (include/uapi/linux/netfilter.h). */
export const hook = { PREROUTING: 0, INPUT: 1, FORWARD: 2, OUTPUT: 3, POSTROUTING: 4 } as const;
export type Hook = (typeof hook)[keyof typeof hook];

export const hookNames: readonly HookName[] = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];
