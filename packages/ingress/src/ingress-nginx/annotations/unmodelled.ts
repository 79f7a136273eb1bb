import type { Risk } from "./annotation-reader.ts";

/** Annotations of the program that are not modelled and that its usual risk level tells apart. */
export const riskyFields: Readonly<Record<string, Risk>> = {
  "configuration-snippet": "Critical",
  "server-snippet": "Critical",
  "stream-snippet": "Critical",
  "auth-snippet": "Critical",
  "modsecurity-snippet": "Critical",
};
