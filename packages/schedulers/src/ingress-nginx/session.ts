import { md5 } from "../md5.ts";

/** What the annotations of a backend with `affinity: cookie` say to its balancer. */
export interface SessionOptions {
  /** The backend's name, namespace-service-port: what the cookie's second part and the persistent keys are salted with. */
  readonly backend: string;
  /** `session-cookie-change-on-failure`: a retry leaves the cookie's endpoint and sets a new cookie. */
  readonly changeOnFailure: boolean;
}

/** The first part of a session cookie `key|backend`, which names the endpoint (sticky.lua `get_cookie`). */
export function sessionKey(cookie: string | undefined): string | undefined {
  return cookie?.split("|").find((part) => part !== "");
}

/** The second part, by which a request finds its way between a backend and its canary: md5 of md5 and name. */
export function backendKey(backend: string): string {
  return md5(md5(backend) + backend);
}
