/** Whether a text may be a vendor’s id: `stripe`, `acme_billing`, or a registrable domain. */
export function isVendorId(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9][a-z0-9._-]*$/.test(text);
}

/** Whether a text is a path with the parts that vary as `{name}`: at most 1,000 characters, no query. */
export function isPathTemplate(text: string): boolean {
  if (!text.startsWith('/') || text.length > 1000 || /[\s?#*]/.test(text)) return false;
  return text.split('/').every((part) => /^(?:[^{}]|\{[A-Za-z_][\w-]*\})*$/.test(part));
}

/** Whether a template says that something varies. */
export function hasVariable(template: string): boolean {
  return template.includes('{');
}
