// The words of a saga's page in the Temporal UI: what it waits for, since when, what comes next,
// what a person may do.
// Must not know: how a page is put together, Temporal. States have their labels in tables of their
// own.
import type { BlockedBecause } from '../../books/alerts.ts'
import type { Attention } from '../../books/books.ts'
import type { Evidence } from '../../gateway.ts'
import { COMMAND_HELP, type PaymentCommandName, type RefundCommandName } from '../../moves/people/commands.ts'
import type { AttemptReason, OrderState } from '../../payment.ts'
import type { OpenRefundState, RefundOrigin } from '../../refund.ts'
import type { Said } from '../../../language.ts'

/** The points of a page. */
export const POINTS = {
  waitsFor: { en: 'Waits for', ko: '기다리는 것' },
  since: { en: 'Since', ko: '시작 시각' },
  against: { en: 'Against', ko: '장부와 다른 점' },
  money: { en: 'Money', ko: '금액' },
  gatewaySaid: { en: 'The gateway said', ko: '게이트웨이 응답' },
  lastLook: { en: 'Last look', ko: '마지막 조회' },
  comesNext: { en: 'Comes next', ko: '다음 단계' },
  about: { en: 'About', ko: '대상' },
} as const satisfies Record<string, Said>

export const REFUND_WAITS_FOR = {
  requested: { en: 'the gateway to take the cancel', ko: '게이트웨이의 취소 요청 접수' },
  ticketOpen: {
    en: 'the people at Paymentwall to work off its ticket; a refused or forgotten one is silent',
    ko: '페이먼트월 담당자의 티켓 처리. 거절되거나 잊힌 티켓은 아무 소식이 없습니다',
  },
  unknown: {
    en: 'certainty: the cancel went out and no answer came, so a ticket may be open',
    ko: '결과 확인: 취소 요청은 나갔으나 응답이 오지 않아 티켓이 열려 있을 수 있습니다',
  },
  blocked: { en: 'a person: no ticket can be filed', ko: '담당자: 티켓을 접수할 수 없습니다' },
  refused: { en: 'a person: the gateway turned it down', ko: '담당자: 게이트웨이가 거절했습니다' },
  reversed: {
    en: 'a person: the money was booked as returned, and is no longer',
    ko: '담당자: 반환된 것으로 기록되었다가 그 기록이 사라졌습니다',
  },
} as const satisfies Record<OpenRefundState, Said>

/** The first thing to do; the commands that the table allows follow. */
export const REFUND_ADVICE = {
  requested: {
    en: 'Nothing yet: it is tried until the gateway has answered.',
    ko: '아직 없습니다. 게이트웨이가 응답할 때까지 다시 시도합니다.',
  },
  ticketOpen: {
    en: 'Write to the desk (`ops letter`), look again after their answer, resolve only with what they wrote.',
    ko: '페이먼트월 담당 창구에 문의하고(`ops letter`), 회신을 받은 뒤 다시 조회하십시오. resolve는 담당 창구의 회신 내용으로만 하십시오.',
  },
  unknown: {
    en: 'Ask the desk whether the request reached them (`ops letter`). It did: resolve as ticketOpen. It did not: retryTicket, but never before they have answered, or it is paid back twice.',
    ko: '요청이 도착했는지 페이먼트월 담당 창구에 문의하십시오(`ops letter`). 도착했으면 ticketOpen으로 resolve하고, 도착하지 않았으면 retryTicket을 쓰십시오. 회신을 받기 전에는 절대 다시 보내지 마십시오. 두 번 환불됩니다.',
  },
  blocked: {
    en: 'Pay back by bank and resolve as settledElsewhere; or retryTicket once the cause is gone; or withdraw.',
    ko: '계좌 이체로 환불한 뒤 settledElsewhere로 resolve하거나, 원인이 없어지면 retryTicket을 쓰거나, withdraw하십시오.',
  },
  refused: {
    en: 'Read what the gateway said; then retryTicket, withdraw, or resolve as refused with ticketDead and what the desk wrote.',
    ko: '게이트웨이 응답을 읽은 뒤 retryTicket이나 withdraw를 쓰거나, 페이먼트월 담당 창구의 회신과 함께 ticketDead를 붙여 refused로 resolve하십시오.',
  },
  reversed: {
    en: 'Ask the desk whether the buyer has the money; then retryTicket or resolve.',
    ko: '구매자가 돈을 받았는지 페이먼트월 담당 창구에 문의한 뒤 retryTicket이나 resolve를 쓰십시오.',
  },
} as const satisfies Record<OpenRefundState, Said>

export const BLOCKED = {
  noAttempt: {
    en: 'the attempt that it belongs to is not in the books',
    ko: '이 환불이 속한 결제 시도가 장부에 없습니다',
  },
  notRefundable: {
    en: 'this method cannot be refunded at Paymentwall for this country',
    ko: '페이먼트월에서 이 국가의 이 결제수단은 환불할 수 없습니다',
  },
  limitPassed: {
    en: 'the days in which this method can be refunded are over',
    ko: '이 결제수단의 환불 가능 기간이 지났습니다',
  },
  contradicted: {
    en: 'the gateway speaks against our books of this order, until somebody releases it',
    ko: '게이트웨이 응답이 이 주문의 장부와 어긋나 누군가 해제할 때까지 보류됩니다',
  },
  firstGoesBack: {
    en: 'others took back the payment that had settled the order',
    ko: '주문을 성립시킨 결제가 외부에서 반환되었습니다',
  },
  foreignTicket: {
    en: 'the gateway shows an open request for a cancel that is none of ours',
    ko: '우리가 보내지 않은 취소 요청이 게이트웨이에 열려 있습니다',
  },
  approvalNeeded: {
    en: 'asked for in Temporal without a key and above the limit, so another person must approve it',
    ko: 'Temporal에서 키 없이 한도를 넘겨 요청했으므로 다른 담당자가 승인해야 합니다',
  },
  rowWentBack: {
    en: 'our database went back in time, and what this refund came to since is lost',
    ko: '데이터베이스가 과거로 되돌아가, 그 뒤 이 환불에 일어난 일을 알 수 없습니다',
  },
  balanceDiffers: {
    en: 'what the gateway counts as returned differs from its cancel entries or from our books',
    ko: '게이트웨이가 반환으로 집계한 금액이 취소 내역이나 우리 장부와 다릅니다',
  },
} as const satisfies Record<BlockedBecause, Said>

export const ORDER_WAITS_FOR = {
  opening: { en: 'the gateway to register amount and currency', ko: '게이트웨이의 금액·통화 등록' },
  prepared: { en: 'the buyer to pay', ko: '구매자의 결제' },
  declined: {
    en: 'the buyer to try again, or the gateway to approve after all',
    ko: '구매자의 재시도, 또는 게이트웨이의 뒤늦은 승인',
  },
  expired: { en: 'nothing', ko: '없음' },
  closed: { en: 'nothing', ko: '없음' },
} as const satisfies Record<OrderState, Said>

export const MONEY_BECAUSE = {
  asOrdered: { en: 'paid as ordered', ko: '주문대로 결제됨' },
  amountDiffers: { en: 'another amount than was ordered', ko: '주문과 다른 금액' },
  currencyDiffers: { en: 'another currency than was ordered', ko: '주문과 다른 통화' },
  channelDiffers: {
    en: 'test money for a live order, or live money for a test order',
    ko: '실연동 주문에 테스트 결제, 또는 테스트 주문에 실연동 결제',
  },
  providerDiffers: { en: 'paid through another payment provider', ko: '다른 PG로 결제됨' },
  firstSeenCancelled: {
    en: 'it was cancelled already when it was first seen, and not all of it is back',
    ko: '처음 확인했을 때 이미 취소되어 있었고, 전액이 반환되지는 않았음',
  },
  firstInDoubt: {
    en: 'paid again, while another payment of the order is contradicted, or what had settled it is back',
    ko: '같은 주문의 다른 결제가 장부와 어긋나거나 주문을 성립시킨 결제가 반환된 상태에서 다시 결제됨',
  },
  late: { en: 'it came after the order was closed', ko: '주문이 종료된 뒤에 들어옴' },
  second: {
    en: 'a second payment: another attempt has settled the order',
    ko: '두 번째 결제: 주문은 다른 결제 시도로 이미 성립함',
  },
  unknownOrder: { en: 'for an order that is unknown here', ko: '등록되지 않은 주문의 결제' },
  alreadyReturned: { en: 'all of it had gone back before it was seen', ko: '확인하기 전에 이미 전액이 반환됨' },
} as const satisfies Record<AttemptReason, Said>

export const ATTENTION = {
  none: { en: 'none', ko: '없음(none)' },
  remind: { en: 'remind', ko: '알림(remind)' },
  warn: { en: 'warn', ko: '경고(warn)' },
  page: { en: 'page', ko: '호출(page)' },
} as const satisfies Record<Attention, Said>

/** What a checkpoint does when it is due. */
export const CHECKPOINT = {
  none: { en: 'a quiet look', ko: '알림 없는 조회' },
  remind: { en: 'a look, then a reminder', ko: '조회 후 알림' },
  warn: { en: 'a look, then a warning', ko: '조회 후 경고' },
  page: { en: 'a look, then a page', ko: '조회 후 호출' },
} as const satisfies Record<Attention, Said>

export const ORIGIN = {
  checkout: { en: 'checkout', ko: '체크아웃(checkout)' },
  ops: { en: 'ops', ko: '담당자(ops)' },
  policy: { en: 'policy', ko: '정책(policy)' },
  testChannel: { en: 'testChannel', ko: '테스트 결제(testChannel)' },
  console: { en: 'console', ko: '콘솔(console)' },
  chargeback: { en: 'chargeback', ko: '차지백(chargeback)' },
  outside: { en: 'outside', ko: '외부(outside)' },
  temporal: { en: 'temporal', ko: 'Temporal(temporal)' },
} as const satisfies Record<RefundOrigin, Said>

/** An attempt as its gateway calls it. */
export const ATTEMPT_STATUS = {
  ready: { en: 'ready', ko: '결제 전(ready)' },
  paid: { en: 'paid', ko: '결제됨(paid)' },
  failed: { en: 'failed', ko: '실패(failed)' },
  cancelled: { en: 'cancelled', ko: '취소됨(cancelled)' },
  unrecognized: { en: 'unrecognized', ko: '알 수 없는 상태(unrecognized)' },
} as const satisfies Record<Evidence['status'], Said>

const helpOf = (name: keyof typeof COMMAND_HELP): string => COMMAND_HELP[name].replace(/\{.*/, '').trimEnd()
/** What each command does; in English as the Temporal UI's dialog says it. */
export const COMMANDS: Readonly<Record<RefundCommandName | PaymentCommandName, Said>> = {
  recheck: { en: helpOf('recheck'), ko: '지금 게이트웨이를 조회합니다:' },
  acknowledge: { en: helpOf('acknowledge'), ko: '맡은 사람을 정합니다. 다음 주의 단계까지 알림이 멈춥니다:' },
  snooze: {
    en: helpOf('snooze'),
    ko: '지정한 때까지 아무에게도 알리지 않습니다. 호출 단계를 지났으면 사유가 필요합니다:',
  },
  retryTicket: {
    en: helpOf('retryTicket'),
    ko: '취소 요청을 한 번 더 보내도록 허가합니다. seen은 보고 판단한 내용의 확인 표시입니다:',
  },
  resolve: { en: helpOf('resolve'), ko: '페이먼트월의 회신과 함께 결과를 기록합니다:' },
  withdraw: { en: helpOf('withdraw'), ko: '아직 아무것도 보내지 않았을 때 철회합니다:' },
  accept: { en: helpOf('accept'), ko: '결제를 인정하고 배송합니다:' },
  refund: { en: helpOf('refund'), ko: '결제 금액을 환불합니다:' },
  release: {
    en: helpOf('release'),
    ko: '게이트웨이 응답이 장부와 어긋납니다. 확인한 내용(GET이 seen으로 보여 주는 확인 표시)에 걸린 보류를 해제합니다:',
  },
  approve: { en: helpOf('approve'), ko: '다른 담당자가 한도를 넘겨 요청한 것을 승인하고 실행합니다:' },
}

/** Everything else that a page says. */
export const PAGE = {
  mayDo: { en: 'What you may do', ko: '할 수 있는 일' },
  sendUpdate: {
    en: 'More Actions, Send an Update, with `"person":"your name"` beside the rest:',
    ko: 'More Actions → Send an Update에서 나머지 값과 함께 `"person":"이름"`을 넣어 보내십시오:',
  },
  nothing: { en: 'nothing', ko: '없음' },
  over: { en: 'It is over.', ko: '종결되었습니다.' },
  doubt: {
    en: 'a person: a cancel that does not name it was taken as this refund by its amount, so its ticket may live',
    ko: '담당자: 이 환불을 가리키지 않는 취소를 금액만 보고 이 환불로 처리했으므로 티켓이 아직 살아 있을 수 있습니다',
  },
  doubtAdvice: {
    en: 'Ask the desk whether its ticket was worked off (`ops letter`); then resolve as refunded with ticketDead and what they wrote. A cancel that names it ends this by itself.',
    ko: '이 티켓이 처리되었는지 페이먼트월 담당 창구에 문의한 뒤(`ops letter`), 회신과 함께 ticketDead를 붙여 refunded로 resolve하십시오. 이 환불을 가리키는 취소가 나타나면 자동으로 종결됩니다.',
  },
  cancellingRefund: {
    en: 'Cancelling this workflow calls no ticket back. Request Cancellation is journalled, raises attention, and stops nothing.',
    ko: '이 워크플로를 취소해도 티켓은 되돌릴 수 없습니다. Request Cancellation은 기록부에 남고 주의 단계를 올릴 뿐, 아무것도 멈추지 않습니다.',
  },
  cancelling: {
    en: 'Request Cancellation is journalled and told, and stops nothing.',
    ko: 'Request Cancellation은 기록부에 남고 경보로 알려질 뿐, 아무것도 멈추지 않습니다.',
  },
  anotherTry: {
    en: '{at}: another try, after {tries} that sent nothing',
    ko: '{at}: 재시도(아무것도 보내지 못한 시도 {tries}회 이후)',
  },
  aboutRefund: {
    en: 'order **{order}**, {attempt}, asked for by {origin}',
    ko: '주문 **{order}**, {attempt}, 요청한 쪽: {origin}',
  },
  unknownOrder: { en: 'unknown', ko: '알 수 없음' },
  inStateSince: { en: '; in this state since {at}', ko: '. 현재 상태가 된 때: {at}' },
  asked: { en: ' (asked {at}, `{key}`)', ko: ' (요청 {at}, `{key}`)' },
  retryFrom: { en: 'from {at} on: {help}', ko: '{at}부터: {help}' },
  orderAgainst: {
    en: 'a person: the gateway speaks against our books, and refunds of this order are held',
    ko: '담당자: 게이트웨이 응답이 장부와 어긋나 이 주문의 환불이 보류되어 있습니다',
  },
  strayAgainst: {
    en: 'a person: the gateway speaks against our books',
    ko: '담당자: 게이트웨이 응답이 장부와 어긋납니다',
  },
  decideOnMoney: { en: 'a person to decide on its money', ko: '들어온 금액에 대한 담당자의 결정' },
  decideOnStray: {
    en: 'a person to decide on money that no order waits for: {why}',
    ko: '주문 없는 결제에 대한 담당자의 결정: {why}',
  },
  releaseAdvice: {
    en: 'Compare the console; release ends the holds of exactly what stands here, and evidence that agrees again does so by itself.',
    ko: '콘솔과 비교하십시오. release는 여기 적힌 것에 걸린 보류만 해제하며, 증거가 다시 일치하면 자동으로 해제됩니다.',
  },
  decideAdvice: {
    en: 'Accept keeps the money and delivers, refund gives it back.',
    ko: 'accept는 결제를 인정하고 배송하며, refund는 환불합니다.',
  },
  strayAdvice: {
    en: 'Accept keeps the money, refund gives it back.',
    ko: 'accept는 결제를 인정하고, refund는 환불합니다.',
  },
  orderAdvice: {
    en: 'Nothing is to be done; the checkout may close the order.',
    ko: '할 일이 없습니다. 체크아웃은 주문을 닫을 수 있습니다.',
  },
  expiry: { en: '{at}: one last look, then it expires', ko: '{at}: 마지막으로 조회한 뒤 주문이 종료됩니다' },
  anotherLook: { en: '{at}: another try, after {tries}', ko: '{at}: 재시도(시도 {tries}회 이후)' },
  aboutOrder: { en: 'order **{order}** at {gateway}', ko: '주문 **{order}**, 게이트웨이 {gateway}' },
  aboutStray: { en: 'order {order}, {attempt}', ko: '주문 {order}, {attempt}' },
  snoozed: { en: ' (snoozed until then)', ko: ' (그때까지 알리지 않음)' },
  since: { en: '{at}, attention **{level}**, {owner}', ko: '{at}, 주의 단계 **{level}**, {owner}' },
  nobody: { en: 'nobody has taken it', ko: '맡은 사람 없음' },
  taken: { en: 'taken by {owner}', ko: '맡은 사람 {owner}' },
  couldNotLook: { en: '{at}: could not look: {said}', ko: '{at}: 조회하지 못함: {said}' },
  noAnswer: { en: 'no answer', ko: '응답 없음' },
  looked: { en: '{at}: {status}, {returned} of {paid} returned', ko: '{at}: {status}, {paid} 중 {returned} 반환' },
  attempt: { en: 'attempt {ref}', ko: '결제 시도 {ref}' },
  paymentwallRef: { en: 'Paymentwall {ref}', ko: '페이먼트월 {ref}' },
  quiet: {
    en: 'API keys are set: sent from here, only `recheck`, `acknowledge` and a `snooze` that ends before the next page are taken. All else is refused, with the line to paste: `npm run ops` asks with a key.',
    ko: 'API 키가 설정되어 있어 여기서는 `recheck`, `acknowledge`, 그리고 다음 호출 전에 끝나는 `snooze`만 받습니다. 나머지는 거절하며, 키로 요청하도록 붙여 넣을 `npm run ops` 명령을 알려 줍니다.',
  },
} as const satisfies Record<string, Said>

/** Of a start and of timers, as the Temporal UI lists them. */
export const SUMMARIES = {
  order: { en: 'order {order} · {money}', ko: '주문 {order} · {money}' },
  refund: {
    en: 'refund {refund} of order {order} · {money} · {origin}',
    ko: '환불 {refund}, 주문 {order} · {money} · {origin}',
  },
  stray: { en: 'money {ref} of order {order} · {money}', ko: '주문 없는 결제 {ref}, 주문 {order} · {money}' },
  standing: {
    en: 'What it waits for is under Current Details while a worker runs. Without one, the search attributes say the state and the next checkpoint.',
    ko: '워커가 실행되는 동안에는 무엇을 기다리는지가 Current Details에 있습니다. 워커가 없으면 검색 속성이 상태와 다음 점검 시각을 알려 줍니다.',
  },
  standingShow: {
    en: 'What it waits for is under Current Details while a worker runs. Without one, the search attributes say the state and the next checkpoint, and `npm run ops -- show {id}` tells all.',
    ko: '워커가 실행되는 동안에는 무엇을 기다리는지가 Current Details에 있습니다. 워커가 없으면 검색 속성이 상태와 다음 점검 시각을 알려 주며, `npm run ops -- show {id}`로 전부 볼 수 있습니다.',
  },
  terminating: {
    en: 'Terminating it loses nothing: the row goes on with its next wake.',
    ko: 'Terminate해도 잃는 것은 없습니다. 다음 깨움 신호에 데이터베이스 행에서 이어집니다.',
  },
  nextTry: { en: 'next try after {tries} that sent nothing', ko: '재시도(아무것도 보내지 못한 시도 {tries}회 이후)' },
  expires: { en: 'expires at {at}', ko: '{at}에 주문 종료' },
  lastLook: { en: 'next try of the last look before expiry', ko: '주문 종료 전 마지막 조회의 재시도' },
  registration: { en: 'next try to register the order after {tries}', ko: '주문 등록 재시도(시도 {tries}회 이후)' },
  news: { en: 'waits for news; then {what}', ko: '소식을 기다림, 그다음 {what}' },
} as const satisfies Record<string, Said>
