/** What we write when there is no `prices.yaml` yet: every key with an example, all of it commented out. */
export const PRICES_TEMPLATE = `# yaml-language-server: $schema=prices.schema.json
# What calls cost here, over our lists: docs/costs.md has every key. Changes count as soon as the file is saved;
# what was recorded before is priced anew with: sallyport reprice
# No secrets belong in here: a credential is named by its fingerprint, as calls show it.

# currencies:
#   EUR: { usd: 1.08, date: 2026-11-01 }

# contracts:
#   - name: OpenAI enterprise
#     vendor: openai
#     from: 2026-01-01
#     until: 2026-12-31
#     discount: 15                            # percent off list prices
#     commitment: 5000                        # a month, in dollars or in “currency”
#     freePerMonth: { web_search: 1000 }
#     models:                                 # private prices; they take no discount
#       - { model: "gpt-5*", perMillion: { input: 1.00, cache_read: 0.10, output: 8.00 } }

# models:
#   - { vendor: azure, model: our-deployment, as: gpt-5 }

# units:
#   - id: example/lookup
#     vendor: example.com
#     methods: [GET]
#     paths: [/v1/people/*]
#     uses:
#       - { unit: lookup, from: response, path: "results[]", read: count, price: { each: 0.02 } }
#     examples:
#       - { response: '{"results":[{},{}]}', usd: 0.04 }
`;
