import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";

/** `/version`: the API server that is modelled. No commit and no build of it are claimed: what stands there is what a build of
 * the module leaves there. */
export const serverVersion: PlainObject = {
  major: "1",
  minor: "37",
  emulationMajor: "1",
  emulationMinor: "37",
  minCompatibilityMajor: "1",
  minCompatibilityMinor: "36",
  gitVersion: "v1.37.2",
  gitCommit: "$Format:%H$",
  gitTreeState: "",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "go1.26.8",
  compiler: "gc",
  platform: "linux/amd64",
};
