// The keys that the simulated gateways accept. They are invented and guard nothing.
// Must not know who uses them.

export const IAMPORT_KEY = 'sim-key'
export const IAMPORT_SECRET = 'sim-secret'

// The pair of paymentwall.md §4.2, so that its signature vectors hold here too.
export const PROJECT_KEY = '1111aaaa2222bbbb3333cccc4444dddd'
export const PROJECT_SECRET = '0f1e2d3c4b5a69788796a5b4c3d2e1f0'

export const PORTONE_STORE = 'store-simulator'
export const PORTONE_SECRET = 'sim-portone-secret'
export const PORTONE_WEBHOOK_SECRET = 'whsec_c2ltdWxhdG9yLXdlYmhvb2stc2VjcmV0LTE='
export const PORTONE_OTHER_WEBHOOK_SECRET = 'whsec_c2ltdWxhdG9yLXdlYmhvb2stc2VjcmV0LTI='
