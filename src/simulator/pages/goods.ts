// What the shop of the pages sells, and for how much: a price is the shop's, and never the page's.
// Must not know who buys.

export const CURRENCIES = ['KRW', 'USD', 'EUR', 'JPY'] as const
type Currency = (typeof CURRENCIES)[number]
type Good = {
  id: string
  /** As an order is named, in its buyer's language. */
  name: { en: string; ko: string }
  /** In minor units. */
  prices: Readonly<Record<Currency, number>>
}

export const GOODS: readonly Good[] = [
  {
    id: 'gold',
    name: { en: 'Gold pack', ko: '골드 팩' },
    prices: { KRW: 19_000, USD: 1_490, EUR: 1_390, JPY: 2_100 },
  },
  {
    id: 'season',
    name: { en: 'Season pass', ko: '시즌 패스' },
    prices: { KRW: 45_000, USD: 3_490, EUR: 3_290, JPY: 4_900 },
  },
  {
    id: 'tower',
    name: { en: 'Tower of songs', ko: '노래의 탑' },
    prices: { KRW: 128_000, USD: 9_900, EUR: 9_450, JPY: 14_200 },
  },
]

/** Where a buyer who pays in it lives, as far as this shop knows. */
export const COUNTRY_OF: Readonly<Record<Currency, string>> = { KRW: 'KR', USD: 'US', EUR: 'DE', JPY: 'JP' }

/** The accounts that a start without settings has. */
export const ACCOUNTS = ['iamport/main', 'paymentwall/main', 'portone/main'] as const
