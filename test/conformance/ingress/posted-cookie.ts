import type { Backend } from "@kubenetsim/ingress/ingress-nginx/model/configuration";

/** A session cookie as the controller posts it to nginx's Lua, under the names of its JSON. */
export function postedCookie({ sessionAffinity: { cookie, locations } }: Backend) {
  return {
    name: cookie.name,
    expires: cookie.expires,
    maxage: cookie.maxAge,
    locations,
    secure: cookie.secure,
    path: cookie.path,
    domain: cookie.domain,
    samesite: cookie.sameSite,
    conditional_samesite_none: cookie.conditionalSameSiteNone,
    change_on_failure: cookie.changeOnFailure,
  };
}
