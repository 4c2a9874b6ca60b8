/**
 * A path with what differs from call to call taken out: `/v1/customers/cus_9XyTq1` → `/v1/customers/{id}`. What looks
 * like a word stays: a template that says too little would throw different endpoints together.
 */
export function templatePath(path: string): string {
  return path
    .split('/')
    .map((segment, index) => (isDate(segment) ? (index === 1 ? segment : '{date}') : isId(segment) ? '{id}' : segment))
    .join('/');
}

/** A template as a pattern of the filter language; `*` stands for any run. */
export function patternOfTemplate(template: string): string {
  return template.replace(/\{(?:id|date)\}/g, '*');
}

/** The first segment is where some vendors write the version of their API. */
const isDate = (segment: string): boolean => /^\d{4}-\d\d-\d\d$/.test(segment);

function isId(segment: string): boolean {
  if (segment.length === 0) return false;
  if (/^\d+$/.test(segment)) return true;
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(segment)) return true;
  if (/^[0-9a-f]{8,}$/i.test(segment) && /\d/.test(segment)) return true;
  // With a prefix that says of what: cus_9XyTq1, file-AbCdEf123.
  const prefixed = /^[a-z]{1,12}[_-]([A-Za-z0-9]{4,})$/.exec(segment)?.[1];
  if (prefixed !== undefined && (looksRandom(prefixed) || /\d.*[A-Z]|[A-Z].*\d/.test(prefixed))) return true;
  return segment.length >= 4 && /^[\w-]+$/.test(segment) && looksRandom(segment);
}

/** Letters and figures in turn, or both cases beyond what camelCase does. */
function looksRandom(text: string): boolean {
  const digits = text.replace(/\D/g, '').length;
  const changes = text.match(/\d[A-Za-z]|[A-Za-z]\d/g)?.length ?? 0;
  if (digits > 0 && (changes >= 2 || digits / text.length >= 0.3) && text.length > 3) return true;
  const cases = text.match(/[a-z][A-Z]|[A-Z][A-Z][a-z]/g)?.length ?? 0;
  return text.length >= 12 && !/[_-]/.test(text) && cases >= 4;
}
