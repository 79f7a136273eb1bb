import type { StatusError } from "../../runtime/errors.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";

/** The `metav1.Status` by which the API server refuses. */
export function statusBody(error: StatusError): PlainObject {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: error.message,
    ...(error.reason === "Unknown" ? {} : { reason: error.reason }),
    ...detailsOf(error),
    code: error.code,
  };
}

function detailsOf(error: StatusError): { details?: PlainObject } {
  const { subject, causes } = error;
  if (subject === undefined && causes.length === 0) return {};
  const listed = causes.map(({ reason, message, field }) => ({ reason, message, field }));
  return { details: { ...subject, ...(listed.length === 0 ? {} : { causes: listed }) } as PlainObject };
}
