// The names of things: brands where a mix-up costs money, and the workflow ids derived from them.
// Must not know: databases, providers. The makers are the only way in.

export type MerchantUid = string & { readonly __brand: 'MerchantUid' }
export type RefundId = string & { readonly __brand: 'RefundId' }
export type GatewayRef = string & { readonly __brand: 'GatewayRef' }
/** A gateway account: kind/name. */
export type GatewayName = string & { readonly __brand: 'GatewayName' }

/**
 * What a caller may use as an id: as many characters as every gateway takes (iamport.md §3.3); `.`
 * and `..` would vanish from addresses.
 */
export const OWN_ID = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,40}$/
export const OWN_ID_RULE = 'must be 1 to 40 characters of A-Z a-z 0-9 . _ - and not "." or ".."'
/** Refunds that this program asks for by itself; a caller may not use it. */
export const AUTO_PREFIX = 'auto.'
const REF = /^(?!\.{1,2}$)[\x21-\x7e]{1,80}$/
/** Which kinds there are is the gateways' own to say (src/gateways/index.ts). */
export const GATEWAY_NAME = /^[a-z0-9]{1,20}\/[a-z0-9-]{1,30}$/
export const GATEWAY_NAME_RULE = 'must be a gateway account, kind/name'

export function merchantUid(text: string): MerchantUid {
  if (!OWN_ID.test(text)) throw new RangeError('a merchantUid is 1 to 40 characters of A-Z a-z 0-9 . _ -')
  return text as MerchantUid
}

export function refundId(text: string): RefundId {
  if (!OWN_ID.test(text)) throw new RangeError('a refundId is 1 to 40 characters of A-Z a-z 0-9 . _ -')
  return text as RefundId
}

export function gatewayRef(text: string): GatewayRef {
  if (!REF.test(text)) throw new RangeError('a gateway reference is 1 to 80 printable characters without spaces')
  return text as GatewayRef
}

export function gatewayName(text: string): GatewayName {
  if (!GATEWAY_NAME.test(text)) throw new RangeError('a gateway is named kind/account')
  return text as GatewayName
}

/** The kind of gateway that an account is of. */
export const kindOf = (name: GatewayName): string => name.slice(0, name.indexOf('/'))

export const paymentWorkflowId = (id: MerchantUid): string => `payment:${id}`
export const refundWorkflowId = (id: RefundId): string => `refund:${id}`
export const strayWorkflowId = (gateway: GatewayName, ref: GatewayRef): string => `stray:${gateway}:${ref}`

/**
 * What a stray's workflow id names; undefined for any other id. An account has a slash in it, a
 * reference may have colons.
 */
export function strayNamedBy(workflowId: string): { gateway: GatewayName; gatewayRef: GatewayRef } | undefined {
  const [, gateway = '', ref = ''] = /^stray:([^:]+):(.+)$/.exec(workflowId) ?? []
  return GATEWAY_NAME.test(gateway) && REF.test(ref)
    ? { gateway: gatewayName(gateway), gatewayRef: gatewayRef(ref) }
    : undefined
}

/**
 * The marker that begins each cancel's reason, so that a booked entry names the refund that it
 * answers.
 */
export const reasonMarker = (id: string): string => `#${id} `
