/** Thrown by the fast readers where a text is beyond the subset that they know. */
export const declined: unique symbol = Symbol("declined");
