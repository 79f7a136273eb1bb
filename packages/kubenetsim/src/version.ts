/** The version of the packages; a test holds it to theirs. */
export const version = "0.1.0";
