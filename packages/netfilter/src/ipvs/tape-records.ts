/** `by` of dnat and snat records: IPVS. */
export const byIpvs = 2;

/** `by` of ipvs records. */
export const chosenBy = { scheduler: 0, connection: 1, persistence: 2 } as const;
