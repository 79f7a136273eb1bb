import type { NginxSettings } from "../nginx-settings.ts";
import { type AnnotationProblem, isProblem, valueOr } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { boolean, matching, pathWithCapture } from "./value-checks.ts";

/** How a location's path becomes the upstream's, and when http is sent to https. */
export interface Rewrite {
  /** Where the path goes; empty for nowhere. */
  readonly target: string;
  readonly sslRedirect: boolean;
  readonly forceSslRedirect: boolean;
  readonly preserveTrailingSlash: boolean;
  /** Where `/` of the server is sent to; empty for nowhere. */
  readonly appRoot: string;
  readonly useRegex: boolean;
}

export const noRewrite: Rewrite = {
  target: "",
  sslRedirect: false,
  forceSslRedirect: false,
  preserveTrailingSlash: false,
  appRoot: "",
  useRegex: false,
};

export const rewriteFields: AnnotationFields = {
  "rewrite-target": { check: matching(pathWithCapture), risk: "Medium" },
  "ssl-redirect": { check: boolean, risk: "Low" },
  "preserve-trailing-slash": { check: boolean, risk: "Medium" },
  "force-ssl-redirect": { check: boolean, risk: "Medium" },
  "use-regex": { check: boolean, risk: "Low" },
  "app-root": { check: matching(pathWithCapture), risk: "Medium" },
};

/** internal/ingress/annotations/rewrite: a value that is refused is as none. */
export function parseRewrite(reader: AnnotationReader, settings: NginxSettings): Rewrite {
  const read = <T>(value: T | AnnotationProblem, fallback: T, source: string, text: string): T => {
    if (isProblem(value) && value.kind === "validation") reader.log.warn(source, text);
    return valueOr(value, fallback);
  };
  const flag = (name: string, fallback: boolean, source: string): boolean =>
    read(reader.boolean(name), fallback, source, `${name} is invalid, defaulting to '${fallback}'`);
  return {
    target: read(reader.text("rewrite-target"), "", "main.go:148", "rewrite-target is invalid, defaulting to empty"),
    sslRedirect: flag("ssl-redirect", settings.sslRedirect, "main.go:155"),
    preserveTrailingSlash: flag("preserve-trailing-slash", settings.preserveTrailingSlash, "main.go:162"),
    forceSslRedirect: flag("force-ssl-redirect", settings.forceSslRedirect, "main.go:170"),
    useRegex: flag("use-regex", false, "main.go:178"),
    appRoot: appRootOf(reader),
  };
}

function appRootOf(reader: AnnotationReader): string {
  const path = reader.text("app-root");
  if (isProblem(path)) {
    if (path.kind === "validation") invalid("main.go:186", path.message);
    return "";
  }
  if (path.startsWith("/")) return path;
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(path)) {
    reader.log.warn("main.go:200", `Annotation app-root only allows absolute paths (${path})`);
  } else invalid("main.go:194", `parse ${JSON.stringify(path)}: invalid URI for request`);
  return "";

  function invalid(source: string, why: string): void {
    reader.log.warn(source, `Annotation app-root contains an invalid value: ${why}`);
  }
}
