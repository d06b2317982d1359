// Stands in for i'mport's browser script, at its own path: the same two calls, the same callback
// (iamport.md §7).
// Must not know the shop that calls it.
import { openFrame } from '../browser/opening.js'

/** @typedef {Record<string, unknown>} Parameters */
/** @typedef {(said: Record<string, unknown>) => void} Callback */

let known = false

Object.assign(globalThis, {
  IMP: {
    /** Of the merchant; without one the real script opens nothing. */
    init: () => void (known = true),
    /**
     * @param {Parameters} parameters
     * @param {Callback} callback
     */
    request_pay: async (parameters, callback) => {
      if (!known) throw new Error('IMP.init comes before IMP.request_pay.')
      const order = encodeURIComponent(JSON.stringify({ iamport: parameters }))
      const { ending, ref } = await openFrame(`/window#${order}`)
      const success = ending === 'paid'
      const said = { success, imp_uid: ref, merchant_uid: parameters['merchant_uid'] }
      callback(success ? said : { ...said, error_code: 'F400', error_msg: ending })
    },
  },
})
