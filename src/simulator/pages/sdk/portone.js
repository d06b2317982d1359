// Stands in for PortOne's browser script of V2, at its own path: the same call, the same promise
// (portone.md §9).
// Must not know the shop that calls it.
import { openFrame } from '../browser/opening.js'

Object.assign(globalThis, {
  PortOne: {
    /** @param {Record<string, unknown>} parameters */
    requestPayment: async (parameters) => {
      const order = encodeURIComponent(JSON.stringify({ portone: parameters }))
      const { ending, ref } = await openFrame(`/window#${order}`)
      const said = { transactionType: 'PAYMENT', txId: ref ?? '', paymentId: parameters['paymentId'] }
      return ending === 'paid' ? said : { ...said, code: 'FAILURE_TYPE_PG', message: ending }
    },
  },
})
