import type { NginxSettings } from "./nginx-settings.ts";

type ListName = "noAuthLocations" | "noTlsRedirectLocations";

/** The paths of the lists of settings, which never change. */
const known = new WeakMap<NginxSettings, Record<ListName, readonly string[]>>();

/** `isLocationInLocationList`: paths between commas, and all below them. The lists are read once, for all requests. */
export function isInLocationList(settings: NginxSettings, list: ListName, path: string): boolean {
  let lists = known.get(settings);
  if (lists === undefined) {
    const { noAuthLocations, noTlsRedirectLocations } = settings;
    lists = { noAuthLocations: pathsOf(noAuthLocations), noTlsRedirectLocations: pathsOf(noTlsRedirectLocations) };
    known.set(settings, lists);
  }
  return lists[list].some((start) => path.startsWith(start));
}

/** Only spaces around paths are taken away. */
function pathsOf(list: string): readonly string[] {
  const paths = list.split(",").map((path) => path.replace(/^ +| +$/g, ""));
  return paths.filter((path) => path !== "");
}
