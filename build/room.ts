/** One folder of sources. */
export interface Room {
  /** Rooms that it may import; all lie lower in the picture. `'*'`: any. */
  uses: string[];
  /** Packages it may import. `'*'`: any. */
  packages?: string[];
  /** True when only the files right in the folder belong to it: each folder inside is a room of its own. */
  shallow?: true;
}
