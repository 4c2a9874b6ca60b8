import { isVersionPlace, sureKind } from './segments.ts';
import { tokensOf } from './tokens.ts';

/** A path with what surely varies taken out; nothing is learned or remembered: `/v1/customers/cus_9XyTq1` → `/v1/customers/{id}`. */
export function templatePath(path: string): string {
  let template = '';
  let before = '';
  for (const token of tokensOf(path, [])) {
    if (token.charCodeAt(0) !== 47) template += token;
    else {
      const kind = sureKind(token.slice(1), isVersionPlace(before));
      template += kind === null ? token : `/${kind}`;
    }
    before = token;
  }
  return template;
}

/** A template as a pattern of the filter language; `*` stands for any run. */
export function patternOfTemplate(template: string): string {
  return template.replace(/\{[a-z_]+\}/gi, '*');
}
