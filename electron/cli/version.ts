import manifest from '../../package.json' with { type: 'json' };

/** Sallyport's version, as package.json has it. */
export const version: string = manifest.version;
