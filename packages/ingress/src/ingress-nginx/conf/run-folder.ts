const temporary = "/tmp";

/** Where the program keeps its pid and what it has no room for in memory: it needs no root for that. */
export const runFolder: string = `${temporary}/nginx`;
