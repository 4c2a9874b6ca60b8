// A vendor in the list of calls: its name and mark, in a place that is there before either is known.
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { vendorCell, vendorMark, vendorName } from '../../../renderer/views/traffic/vendor-cell.tsx';

const NAMES = new Map([
  ['aws', { name: 'Amazon Web Services', logo: 'aws.plate' }],
  ['acme.dev', { name: 'acme.dev', logo: null }],
]);
const drawn = (id: string | null, names?: typeof NAMES): string =>
  renderToStaticMarkup(createElement('span', null, vendorCell(id, names)));

test('a vendor is called by its name and has its logo, or a letter where there is none', () => {
  expect(drawn('aws', NAMES)).toMatch(/src="\/logos\/aws\.plate\.svg".*Amazon Web Services/);
  expect(drawn('acme.dev', NAMES)).toMatch(/data-ground="letter".*>A<.*acme\.dev/);
  expect(drawn('new.dev', NAMES)).toMatch(/data-ground="letter".*>N<.*new\.dev/);
  expect(drawn(null, NAMES)).toBe('<span></span>');
});

test('before names are known the mark has its room, and no letter flashes in it', () => {
  expect(drawn('aws')).toMatch(/class="vendor-mark" style="width:16px;height:16px"[^>]*><\/span>aws/);
  expect(vendorName('aws', undefined)).toBe('aws');
});

test('rows of one vendor share one element, and another name or logo makes another', () => {
  expect(vendorMark('aws', NAMES)).toBe(vendorMark('aws', new Map(NAMES)));
  expect(vendorMark('aws', NAMES)).not.toBe(vendorMark('aws', new Map([['aws', { name: 'AWS', logo: 'aws' }]])));
});
