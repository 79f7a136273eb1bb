import { formatPosition, type SourcePosition } from "@kubenetsim/core/runtime/errors";

/** Something that is allowed and probably not meant. It stops nothing. */
export interface Warning {
  readonly message: string;
  readonly position: SourcePosition | undefined;
}

/** `shop.yaml:12:3: Service shop/beta: its selector matches no Pod`. */
export function formatWarning({ message, position }: Warning): string {
  return position === undefined ? message : `${formatPosition(position)}: ${message}`;
}
