import { valueOr } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { basicCharacters, boolean, matching, oneOf, urlText } from "./value-checks.ts";

export interface SessionAffinity {
  /** `cookie`, or empty for none. */
  readonly type: string;
  /** `balanced`, `persistent`; empty counts as balanced. */
  readonly mode: string;
  /** `sticky`, `legacy`; empty counts as sticky. */
  readonly canaryBehavior: string;
  readonly cookie: SessionCookie;
}

/** What is set of a session cookie. Numbers of seconds are texts, and empty texts are attributes that are not sent. */
export interface SessionCookie {
  readonly name: string;
  readonly expires: string;
  readonly maxAge: string;
  readonly path: string;
  readonly domain: string;
  readonly changeOnFailure: boolean;
  readonly secure: boolean;
  readonly sameSite: string;
  readonly conditionalSameSiteNone: boolean;
}

export const noCookie: SessionCookie = {
  name: "",
  expires: "",
  maxAge: "",
  path: "",
  domain: "",
  changeOnFailure: false,
  secure: false,
  sameSite: "",
  conditionalSameSiteNone: false,
};

const basic = matching(basicCharacters, { withoutSpaces: true });
const seconds = /(^0|-?[1-9]\d*$)/;

export const sessionAffinityFields: AnnotationFields = {
  affinity: { check: oneOf(["cookie"]), risk: "Low" },
  "affinity-mode": { check: oneOf(["balanced", "persistent"]), risk: "Medium" },
  "affinity-canary-behavior": { check: oneOf(["sticky", "legacy"]), risk: "Low" },
  "session-cookie-name": { check: basic, risk: "Medium" },
  "session-cookie-secure": { check: boolean, risk: "Low" },
  "session-cookie-expires": { check: matching(seconds, { withoutSpaces: true }), risk: "Medium" },
  "session-cookie-max-age": { check: matching(seconds), risk: "Medium" },
  "session-cookie-path": { check: matching(urlText, { withoutSpaces: true }), risk: "Medium" },
  "session-cookie-domain": { check: basic, risk: "Medium" },
  "session-cookie-samesite": { check: oneOf(["none", "lax", "strict"], { anyCase: true }), risk: "Low" },
  "session-cookie-conditional-samesite-none": { check: boolean, risk: "Low" },
  "session-cookie-change-on-failure": { check: boolean, risk: "Low" },
};

/** internal/ingress/annotations/sessionaffinity: a value that is refused is as none. */
export function parseSessionAffinity(reader: AnnotationReader): SessionAffinity {
  const type = valueOr(reader.text("affinity"), "");
  return {
    type,
    mode: valueOr(reader.text("affinity-mode"), ""),
    canaryBehavior: valueOr(reader.text("affinity-canary-behavior"), ""),
    cookie: type === "cookie" ? cookieOf(reader) : noCookie,
  };
}

function cookieOf(reader: AnnotationReader): SessionCookie {
  const number = (name: "session-cookie-expires" | "session-cookie-max-age"): string => {
    const text = valueOr(reader.text(name), "");
    return seconds.test(text) ? text : "";
  };
  return {
    name: valueOr(reader.text("session-cookie-name"), "INGRESSCOOKIE"),
    expires: number("session-cookie-expires"),
    maxAge: number("session-cookie-max-age"),
    path: valueOr(reader.text("session-cookie-path"), ""),
    domain: valueOr(reader.text("session-cookie-domain"), ""),
    sameSite: valueOr(reader.text("session-cookie-samesite"), ""),
    secure: valueOr(reader.boolean("session-cookie-secure"), false),
    conditionalSameSiteNone: valueOr(reader.boolean("session-cookie-conditional-samesite-none"), false),
    changeOnFailure: valueOr(reader.boolean("session-cookie-change-on-failure"), false),
  };
}
