// The payment methods of Paymentwall's public pages: where each is offered, whether money can go
// back, how long a payment takes to be confirmed (paymentwall.md §11: of 2017, no truth).
// Must not know payments; what is not listed here can be refunded and is confirmed at once.

export type Method = {
  code: string
  /** Its number in the list, counted from one: what the vendor's numbers are is not known. */
  number: number
  /** No: never. A number: within so many days. */
  refunds: 'yes' | 'no' | number
  /** Hours from the window to the confirmation; 0 = at once. */
  confirmedAfterHours: number
  /** Empty: everywhere. */
  countries: readonly string[]
}

// code, refunds (yes, no, within days), what comes late, countries
const LIST = `
  belfius yes BE
  banktransferargentina 180d AR
  btcolombia no CO
  btestonia yes EE
  btfinland no FI
  banktransferjapan yes late 168h JP
  kftc yes KR
  btlatvia yes LV
  btlithuania yes LT
  ipay88 yes MY
  banktransfermexico 180d late 48h MX
  btperu no PE
  dragonpay yes PH
  btpoland yes PL
  btsweden yes SE
  btthailand yes TH
  cbc yes BE
  epspayments yes AT
  idealpayments yes NL
  interac yes CA
  kbc yes BE
  sofortbanktransfer yes AT BE FR DE IT NL SK ES CH
  mandiriclickpay no ID
  multibanco no late 12h PT
  mybank yes IT
  payeasy yes late 168h JP
  polipayments no AU
  pse no CO
  redpagos 180d UY
  safetypay yes BR CO CR MX PE NL
  teleingreso no late 720h ES
  ebanxtransfer yes BR
  trustpay yes CZ SK
  bancontact yes BE
  allthegate yes KR
  cc yes
  ccbrazilhipercard yes BR
  unionpay yes CN HK
  alipay yes
  amazon yes
  coinbasebitcoin yes
  cherrycredits no ID MY PH SG
  dokuwallet no ID
  fanapay no DZ BH BD EG IN JO KW LB MY MA OM PK QA SA TN TR AE
  indomog yes ID
  liqpay yes BY UA
  mercadopago yes BR
  mycardwallet yes HK MY TW
  pagseguro yes BR
  paypal yes
  paysbuy yes TH
  qiwiwallet yes AM AZ BY GE KZ KG LV LT MD RU TM UA UZ
  redcompra 180d CL
  unipinwallet yes ID
  vtc yes VN
  webcash no MY
  webmoney yes AM AZ BY CY EE GE IL KZ KG LV LT MD RU TJ TH UA UZ
  wechatpayments yes
  yamoney yes AM AZ BY GE IL KZ KG LV LT MD RU TM UA UZ
  mobilegateway no
  atmtransfer no late 24h ID
  baloto no CO
  bitcash yes JP
  boletobancario no late 168h BR
  bookculture no KR
  cashbee no KR
  culturevoucher no KR
  davivienda yes late 24h CO
  easypay no BY
  safetypaycash yes late 72h CR MX NI PE
  efectycolombia yes late 24h CO
  eggmoney no KR
  eprepagcard no BR
  evroset no RU
  gameon no ID
  gana no CO
  pinhall no TW
  gudangvoucher no ID
  happyvoucher no KR
  konbini yes late 96h JP
  maxima yes LV LT
  minimart no late 24h ID
  mint no
  mol no ID MY PH SG EG IN
  mycardcard no TW HK MY
  narvesen yes LT
  neosurf no AD BE BR BG CA CN HR CZ DK FR HK HU IN ID IT JP KR MY MQ MA NO PH PL RO RU SG ZA ES SE CH TH TR GB US
  oncash no KR
  onecard no BH EG KW MA OM QA SA TN AE
  openbucks no CA US
  oxxomexico yes MX
  pagofacil no late 72h AR
  paypost yes LT
  paysbuycash yes late 168h TH
  perlas yes LT
  rapipago no late 72h AR
  svyasnoi no RU
  teencash no KR
  ticketsurf yes MX FR MQ CA PF MA CI IT SN
  tmoney no KR
  todito yes MX
  unipinexpress yes ID
  vcoincard no VN
  vtctelcocard no VN
  wavegame no ID
  webmoneyjapan yes JP
`

const METHODS: ReadonlyMap<string, Method> = new Map(
  LIST.trim()
    .split('\n')
    .map((line, index) => {
      const [code = '', refunds = '', ...rest] = line.trim().split(' ')
      const isLate = rest[0] === 'late'
      const method: Method = {
        code,
        number: index + 1,
        refunds: refunds === 'yes' || refunds === 'no' ? refunds : Number.parseInt(refunds, 10),
        confirmedAfterHours: isLate ? Number.parseInt(rest[1] ?? '', 10) : 0,
        countries: isLate ? rest.slice(2) : rest,
      }
      return [code, method]
    }),
)

/** Those offered in a country, or all. */
export function methodsOf(country: string | undefined): Method[] {
  return [...METHODS.values()].filter(
    ({ countries }) => country === undefined || countries.length === 0 || countries.includes(country),
  )
}

const HOUR_MS = 3_600_000
const DAY_S = 86_400

export function confirmedAfterMs(method: string): number {
  return (METHODS.get(method)?.confirmedAfterHours ?? 0) * HOUR_MS
}

/** Undefined where money can go back; else a sentence that says why not. Times in Unix seconds. */
export function whyNotRefundable(method: string, paidAt: number, now: number): string | undefined {
  const refunds = METHODS.get(method)?.refunds ?? 'yes'
  if (refunds === 'no') return `Money paid by ${method} cannot go back.`
  if (refunds === 'yes' || now - paidAt <= refunds * DAY_S) return undefined
  return `Money paid by ${method} can go back within ${refunds} days only.`
}
