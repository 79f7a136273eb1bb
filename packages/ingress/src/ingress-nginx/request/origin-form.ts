/** A request's target as nginx takes it apart. */
export interface OriginForm {
  /** Path and query: `$request_uri`. */
  readonly target: string;
  /** The host of a target that is a whole URL, with its port where it has one: it counts in the place of the Host header's. */
  readonly authority: string | undefined;
}

const wholeUrl = /^[a-z][a-z0-9+.-]*:\/\/((?:\[[0-9a-z:._~!$&'()*+,;=-]*\]|[a-z0-9.-]*)(?::[0-9]*)?)(\/.*|\?.*|)$/is;

/**
 * A target that is a whole URL, as a client sends it to a proxy, by its parts (src/http/ngx_http_parse.c
 * `ngx_http_parse_request_line`); any other is as it is.
 *
 * @example
 * originForm("http://a.test:8080?x"); // { authority: "a.test:8080", target: "/?x" }
 */
export function originForm(target: string): OriginForm {
  const found = target.startsWith("/") ? null : wholeUrl.exec(target);
  if (found === null) return { target, authority: undefined };
  const [, authority, rest = ""] = found;
  return { target: rest.startsWith("/") ? rest : `/${rest}`, authority };
}
