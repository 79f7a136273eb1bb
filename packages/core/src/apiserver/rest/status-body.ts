import type { StatusCause, StatusError } from "../../runtime/errors.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";

/** The `metav1.Status` by which the API server refuses. */
export function statusBody(error: StatusError): PlainObject {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: error.continueToken === undefined ? {} : { continue: error.continueToken },
    status: "Failure",
    message: error.message,
    ...(error.reason === "Unknown" ? {} : { reason: error.reason }),
    ...detailsOf(error),
    code: error.code,
  };
}

function detailsOf(error: StatusError): { details?: PlainObject } {
  const { subject, causes, retryAfterSeconds } = error;
  if (subject === undefined && causes.length === 0 && retryAfterSeconds === undefined) return {};
  const details = {
    ...subject,
    ...(causes.length === 0 ? {} : { causes: causes.map(causeBody) }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
  return { details: details as PlainObject };
}

/** Not every cause is a field's. */
function causeBody({ reason, message, field }: StatusCause): PlainObject {
  return { reason, message, ...(field === "" ? {} : { field }) };
}
