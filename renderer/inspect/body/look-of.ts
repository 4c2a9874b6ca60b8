import type { BodyForm } from '../../../shared/payload/recognise.ts';
import type { Look, Opened } from './protocol.ts';

/** Images and plain bytes have no raw text to look at; a text that is shown as it is has no pretty form. */
export function lookOf(wanted: Look, form: BodyForm): Look {
  if (form === 'binary' || form === 'empty') return 'hex';
  if (wanted === 'raw' && (form === 'image' || form === 'protobuf' || form === 'grpc' || form === 'msgpack'))
    return 'pretty';
  if (
    wanted === 'raw' &&
    (form === 'text' || form === 'html' || form === 'javascript' || form === 'css' || form === 'events')
  )
    return 'pretty';
  return wanted;
}

const ENDINGS: Partial<Record<BodyForm, string>> = {
  json: '.json',
  graphql: '.json',
  jsonl: '.jsonl',
  xml: '.xml',
  html: '.html',
  javascript: '.js',
  css: '.css',
  csv: '.csv',
  text: '.txt',
  events: '.txt',
  form: '.txt',
};

/** Ending of the file that a body is saved as. */
export function endingOf({ form, mediaType }: Opened): string {
  if (form === 'image') return `.${mediaType.replace(/^image\//, '').replace(/\+xml$|^x-/, '')}`;
  if (mediaType === 'application/pdf') return '.pdf';
  if (mediaType === 'application/zip') return '.zip';
  return ENDINGS[form] ?? '.bin';
}
