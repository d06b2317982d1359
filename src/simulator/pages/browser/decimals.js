// How many decimals a currency has: ISO 4217, where it is not two.
// Must not know amounts, nor who asks: the server and the browser both read it.

/** @type {Readonly<Record<string, number>>} */
const OTHER_THAN_TWO = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
}

/**
 * @param {string} currency
 * @returns {number}
 */
export function decimalsOf(currency) {
  return OTHER_THAN_TWO[currency] ?? 2
}
