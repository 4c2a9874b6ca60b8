/** Vendor → the name of its picture in renderer/public/logos; written by build/vendors/compile.ts. */
export const LOGOS: Readonly<Record<string, string>> = {};
