/** SHA-256 over the names and contents of files, and of all files below folders, with paths from `root`. */
export function digestOf(root: string, sources: readonly string[]): string;
