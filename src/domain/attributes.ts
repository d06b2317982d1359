// The search attributes of our workflows, and the Temporal type of each: the names operators filter by.
// Must not know how or where they are registered or set; it imports nothing.

export const SEARCH_ATTRIBUTES = Object.freeze({
  SagaState: 'KEYWORD',
  Attention: 'KEYWORD',
  Gateway: 'KEYWORD',
  GatewayRef: 'KEYWORD',
  PaymentwallRef: 'KEYWORD',
  MerchantUid: 'KEYWORD',
  Currency: 'KEYWORD',
  PayerCountry: 'KEYWORD',
  Owner: 'KEYWORD',
  AmountMinor: 'INT',
  WaitingSince: 'DATETIME',
  NextCheckpoint: 'DATETIME',
  TestChannel: 'BOOL',
} as const)
