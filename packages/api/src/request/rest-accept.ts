import type { Representation } from "./accept.ts";

/** The `Accept` header that the REST server gets, which answers JSON values whatever is made of them. */
export function restAccept(representations: readonly Representation[]): string {
  return representations
    .map(({ convert }) => `application/json${convert === undefined ? "" : converted(convert)}`)
    .join();
}

function converted({ as, group, version }: NonNullable<Representation["convert"]>): string {
  return `;as=${as};g=${group};v=${version}`;
}
