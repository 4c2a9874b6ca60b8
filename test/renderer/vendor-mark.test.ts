import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { letterOf, VendorMark } from '../../renderer/ui/vendor-mark.tsx';

const drawn = (logo: string | null, name = 'Acme') =>
  renderToStaticMarkup(createElement(VendorMark, { name, logo, size: 16 }));

test('a vendor has its picture, one of one colour is drawn in the text’s, and without one stands a letter', () => {
  expect(drawn('stripe')).toContain('src="/logos/stripe.svg"');
  expect(drawn('aws.plate')).toContain('data-ground="plate"');
  expect(drawn('openai.mono')).toContain('--logo:url(&quot;/logos/openai.mono.svg&quot;)');
  expect(drawn(null)).toContain('>A<');
  expect([letterOf('élan'), letterOf('… 1Password'), letterOf('中'), letterOf('')]).toEqual(['É', '1', '中', '?']);
});

test('it is a picture beside a name, and screen readers pass it over', () => {
  for (const logo of ['stripe', 'openai.mono', null]) expect(drawn(logo)).toContain('aria-hidden="true"');
});

test('a name that is no picture of ours is a letter, and never an address', () => {
  for (const logo of ['../x', 'a")', 'https://evil.example/a', 'A b'])
    expect(drawn(logo)).toContain('data-ground="letter"');
});
