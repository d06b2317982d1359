// The messages of paymentwall.md §4.2, whose signatures are known.
// Must not know: how they are signed.
export const KEY = '1111aaaa2222bbbb3333cccc4444dddd'
export const SECRET = '0f1e2d3c4b5a69788796a5b4c3d2e1f0'
export const WIDGET = {
  ag_external_id: 'order-1001',
  ag_name: 'Blue Pass',
  ag_type: 'fixed',
  amount: '12.50',
  currencyCode: 'EUR',
  email: 'a@b.example',
  'history[registration_date]': '1700000000',
  key: KEY,
  ps: 'all',
  success_url: 'https://shop.example/thanks?r=$ref',
  uid: 'buyer-77',
  widget: 'pw_1',
}
export const PINGBACK = {
  uid: 'buyer-77',
  goodsid: 'order-1001',
  slength: '',
  speriod: '',
  type: '0',
  ref: 'b900100200',
}
export const NEGATIVE = { ...PINGBACK, type: '2', reason: '9', is_test: '1' }
export const PART = { ...PINGBACK, type: '220', refund_amount: '4.25', merchant_refund_id: 'rf-3' }
export const COINS = { uid: 'buyer-77', currency: '250', type: '0', ref: 'b900100201' }
export const CART = { uid: 'buyer-77', 'goodsid[0]': 'sku1', 'goodsid[1]': 'sku2', type: '0', ref: 'b900100202' }
export const TICKET = { key: KEY, message: 'customer asked', ref: 'b900100200', test_mode: '1', type: '1' }
export const PART_TICKET = {
  key: KEY,
  amount: '4.25',
  merchant_refund_id: 'rf-3',
  message: 'partial',
  ref: 'b900100200',
  type: '5',
}
