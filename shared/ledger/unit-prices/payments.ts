import type { UnitPrice } from '../units/unit-price.ts';

/** Payments cost a part of the amount and something for each. Fees of other currencies need a rate in prices.yaml. */
export const PAYMENTS: readonly UnitPrice[] = [
  {
    id: 'stripe/charge',
    vendor: 'stripe',
    hosts: ['api.stripe.com'],
    methods: ['POST'],
    paths: ['/v1/charges', '/v1/charges/*/capture'],
    uses: [
      {
        unit: 'amount',
        from: 'response',
        path: 'amount',
        when: { from: 'response', path: 'status', is: ['succeeded'] },
        by: { from: 'response', path: 'currency' },
        price: { percent: 2.9, fixed: 0.3, minor: true },
      },
    ],
    checked: null,
    note: 'Domestic cards in the United States, counted when taken (a charge that is only authorised is counted, too). Other countries, cards and currencies cost more or less.',
    examples: [
      { response: '{"object":"charge","amount":4900,"currency":"usd","status":"succeeded"}', usd: 1.721 },
      { response: '{"object":"charge","amount":4900,"currency":"usd","status":"failed"}', usd: 0 },
      { response: '{"object":"charge","amount":4900,"currency":"eur","status":"succeeded"}', usd: null },
    ],
  },
  {
    id: 'stripe/payment-intent',
    vendor: 'stripe',
    hosts: ['api.stripe.com'],
    methods: ['POST'],
    paths: ['/v1/payment_intents', '/v1/payment_intents/*/confirm', '/v1/payment_intents/*/capture'],
    uses: [
      {
        unit: 'amount',
        from: 'response',
        path: 'amount_received',
        when: { from: 'response', path: 'status', is: ['succeeded'] },
        by: { from: 'response', path: 'currency' },
        price: { percent: 2.9, fixed: 0.3, minor: true },
      },
    ],
    checked: null,
    examples: [
      { response: '{"amount":2000,"amount_received":2000,"currency":"usd","status":"succeeded"}', usd: 0.88 },
      { response: '{"amount":2000,"amount_received":0,"currency":"usd","status":"requires_payment_method"}', usd: 0 },
    ],
  },
  {
    id: 'stripe/other',
    vendor: 'stripe',
    hosts: ['api.stripe.com', 'files.stripe.com'],
    free: true,
    checked: null,
    note: 'Customers, products, lists: fees are for payments. Tax, Radar and Connect have their own prices.',
    examples: [{ path: '/v1/customers', response: '{}', usd: 0 }],
  },
  {
    id: 'paypal/capture',
    vendor: 'paypal',
    methods: ['POST'],
    paths: ['/v2/checkout/orders/*/capture'],
    uses: [
      {
        unit: 'amount',
        from: 'response',
        path: 'purchase_units[].payments.captures[].amount.value',
        when: { from: 'response', path: 'status', is: ['COMPLETED'] },
        by: { from: 'response', path: 'purchase_units[].payments.captures[].amount.currency_code' },
        price: { percent: 3.49, fixed: 0.49 },
      },
    ],
    checked: null,
    note: 'PayPal Checkout in the United States.',
    examples: [
      {
        response:
          '{"status":"COMPLETED","purchase_units":[{"payments":{"captures":[{"amount":{"currency_code":"USD","value":"100.00"}}]}}]}',
        usd: 3.98,
      },
    ],
  },
  {
    id: 'adyen/payment',
    vendor: 'adyen',
    methods: ['POST'],
    paths: ['/v*/payments', '/pal/servlet/Payment/v*/authorise', '/checkout/v*/payments'],
    uses: [{ unit: 'transaction', from: 'call', price: { each: 0.13 } }],
    checked: null,
    note: 'The fixed fee alone; the part by payment method is on the contract.',
    examples: [{ path: '/v71/payments', response: '{"resultCode":"Authorised"}', usd: 0.13 }],
  },
  {
    id: 'plaid/auth',
    vendor: 'plaid',
    methods: ['POST'],
    paths: ['/auth/get'],
    uses: [{ unit: 'lookup', from: 'call', price: { each: 0.3 } }],
    checked: null,
    note: 'Plaid charges the first time for an account; here every call is counted.',
    examples: [{ response: '{"accounts":[]}', usd: 0.3 }],
  },
];
