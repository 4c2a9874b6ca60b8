import type { UnitPrice } from '../units/unit-price.ts';
import { CLOUDS } from './clouds.ts';
import { DATA } from './data.ts';
import { FREE } from './free.ts';
import { MESSAGING } from './messaging.ts';
import { PAYMENTS } from './payments.ts';
import { PLACES } from './places.ts';

/**
 * What calls of other services than language models cost: list prices, as remembered, in the form of prices.yaml. They
 * vary by country, plan and contract, and nobody compared them with the vendors' pages where `checked` is null: verify
 * what you rely on. Of several that fit a call the first counts.
 */
export const UNIT_PRICES: readonly UnitPrice[] = [...MESSAGING, ...PAYMENTS, ...PLACES, ...DATA, ...CLOUDS, ...FREE];
