// The words of alerts: in one sentence what each kind is about, and what the person may do.
// Must not know: how loud an alert is, how it is delivered. The details of one alert are in its own
// sentence (told.ts, toldElse.ts).
import type { AlertFamily } from '../../books/alerts.ts'
import type { Said } from '../../../language.ts'

/** `{what}`: the state, the reason for the money or the cause of the block, in that language. */
export const HEADLINES = {
  refund: { en: 'a refund still waits: {what}', ko: '환불이 아직 끝나지 않았습니다: {what}' },
  payment: {
    en: 'money of an order waits for a person: {what}',
    ko: '주문에 들어온 금액에 담당자의 결정이 필요합니다: {what}',
  },
  held: { en: 'money is held: {what}', ko: '들어온 금액을 보류했습니다: {what}' },
  stray: {
    en: 'money without an order waits for a person: {what}',
    ko: '주문 없는 결제에 담당자의 결정이 필요합니다: {what}',
  },
  blocked: { en: 'a refund cannot be filed: {what}', ko: '환불을 접수할 수 없습니다: {what}' },
  accountDiffers: {
    en: 'the gateway answers for another account',
    ko: '게이트웨이가 다른 계정으로 응답하고 있습니다',
  },
  approvalNeeded: { en: 'another person must approve', ko: '다른 담당자의 승인이 필요합니다' },
  cancelRequested: {
    en: 'Request Cancellation was pressed in Temporal, and stops nothing',
    ko: 'Temporal에서 Request Cancellation을 눌렀으나 아무것도 멈추지 않습니다',
  },
  contradicted: { en: 'the gateway speaks against our books', ko: '게이트웨이 응답이 장부와 어긋납니다' },
  deliveryUntold: {
    en: 'a paid order is to be shipped, and nobody told the gateway of a delivery',
    ko: '결제되어 배송해야 할 주문인데 게이트웨이에 배송을 알리지 않았습니다',
  },
  firstGoesBack: {
    en: 'the payment that had settled the order went back while the second one is being refunded',
    ko: '두 번째 결제를 환불하는 사이에 주문을 성립시킨 결제도 반환되었습니다',
  },
  fitsSeveral: {
    en: 'a cancel fits several refunds and names none',
    ko: '취소 한 건이 여러 환불에 들어맞고 어느 환불인지 밝히지 않습니다',
  },
  gatewayForgot: {
    en: 'the gateway no longer shows money that is booked here',
    ko: '장부에 기록된 금액이 게이트웨이에서 더는 조회되지 않습니다',
  },
  gift: {
    en: 'customer service gave goods away, told like a payment',
    ko: '고객 지원팀이 상품을 무상으로 제공했고 결제처럼 알려 왔습니다',
  },
  hintsForged: {
    en: 'messages with a wrong signature are refused',
    ko: '서명이 틀린 메시지를 거절하고 있습니다',
  },
  hintsParked: {
    en: 'hints could not be looked at, and are kept',
    ko: '힌트를 조회하지 못해 보관 중입니다',
  },
  inboxFlood: { en: 'more webhooks come than are kept', ko: '보관할 수 있는 것보다 많은 웹훅이 들어옵니다' },
  largerThanAsked: {
    en: 'the gateway paid back more than was asked for',
    ko: '게이트웨이가 요청액보다 많이 환불했습니다',
  },
  matchedByAmount: {
    en: 'a cancel was taken as this refund by its amount alone',
    ko: '취소 한 건을 금액만 보고 이 환불로 처리했습니다',
  },
  namedLate: {
    en: 'money that had counted as moved outside was this refund’s',
    ko: '외부 반환으로 기록한 금액이 이 환불의 것이었습니다',
  },
  noticeParked: { en: 'the checkout does not take notices', ko: '체크아웃이 통지를 받지 않습니다' },
  overReturned: { en: 'more is returned or reserved than was paid', ko: '반환액과 예약액의 합이 결제액보다 많습니다' },
  overdue: {
    en: 'rows, wakes, lists or Schedules are overdue',
    ko: '행, 깨움 신호, 목록 또는 스케줄이 지연되고 있습니다',
  },
  overdueOver: { en: 'nothing is overdue any more', ko: '지연이 모두 해소되었습니다' },
  overtakenTicket: {
    en: 'other money overtook a refund whose ticket may live',
    ko: '티켓이 살아 있을 수 있는 환불의 금액을 다른 반환이 먼저 차지했습니다',
  },
  paidBackTwice: { en: 'a refund was paid back twice', ko: '같은 건이 두 번 환불되었습니다' },
  payerUnseen: {
    en: 'a buyer came back from the payment window, and nobody can look',
    ko: '구매자가 결제창에서 돌아왔으나 조회할 방법이 없습니다',
  },
  refundLimitNear: { en: 'the time for this refund is nearly over', ko: '이 환불의 가능 기한이 얼마 남지 않았습니다' },
  refused: { en: 'the gateway refused the cancel', ko: '게이트웨이가 취소를 거절했습니다' },
  returnedTwice: {
    en: 'a cancel names a refund that had been paid back already',
    ko: '이미 환불된 건을 가리키는 취소가 또 있습니다',
  },
  reversed: { en: 'a booked cancel is gone again', ko: '기록되었던 취소가 사라졌습니다' },
  rowWentBack: { en: 'the database went back in time', ko: '데이터베이스가 과거로 되돌아갔습니다' },
  sagaWithoutRow: {
    en: 'Temporal runs a saga of which the database has no row',
    ko: '데이터베이스에 행이 없는 사가가 Temporal에서 실행 중입니다',
  },
  signedUnclear: {
    en: 'a signed message needs a person',
    ko: '서명된 메시지를 담당자가 확인해야 합니다',
  },
  smallerThanAsked: {
    en: 'the gateway booked less than was asked for',
    ko: '게이트웨이가 요청액보다 적게 기록했습니다',
  },
  statusUnknown: {
    en: 'the gateway says a status that means nothing here',
    ko: '게이트웨이가 뜻을 알 수 없는 상태를 알려 왔습니다',
  },
  sumsDiffer: { en: 'sums of the gateway and of our books differ', ko: '게이트웨이가 집계한 합계와 장부가 다릅니다' },
  supersededPaid: {
    en: 'a refund that had been overtaken was paid back all the same',
    ko: '대체종결된 환불인데도 게이트웨이가 환불했습니다',
  },
  sweepUnreadable: {
    en: 'what the gateway lists cannot be read',
    ko: '게이트웨이의 목록에 읽을 수 없는 것이 있습니다',
  },
} as const satisfies Record<AlertFamily, Said>

/** Why money of an order waits. */
export const MONEY_WAITS = {
  held: { en: 'accept or refund it', ko: '인정하거나 환불해야 합니다' },
  quarantined: { en: 'accept or refund it', ko: '인정하거나 환불해야 합니다' },
  contradicted: { en: 'the gateway speaks against our books', ko: '게이트웨이 응답이 장부와 어긋납니다' },
} as const satisfies Record<string, Said>

/** What the person may do, by heading of docs/runbook.md or more closely. */
export const MAY_DO = {
  silent: {
    en: 'write to the desk (ops letter), acknowledge it, and recheck after their answer',
    ko: '페이먼트월 담당 창구에 문의하고(ops letter) acknowledge한 뒤, 회신이 오면 recheck하십시오',
  },
  unknown: {
    en: 'ask the desk whether the request reached them, then resolve it, or retry-ticket if it did not',
    ko: '요청이 도착했는지 페이먼트월 담당 창구에 문의하십시오. 회신을 받은 뒤 resolve하고, 도착하지 않았다고 하면 retry-ticket을 쓰십시오',
  },
  blocked: {
    en: 'pay back by bank and resolve it as settledElsewhere, retry-ticket once the cause is gone, or withdraw it',
    ko: '계좌 이체로 환불한 뒤 settledElsewhere로 resolve하거나, 원인이 없어지면 retry-ticket을 쓰거나, withdraw하십시오',
  },
  refused: {
    en: 'read what the gateway said, then retry-ticket, withdraw, or resolve it',
    ko: '게이트웨이 응답을 읽은 뒤 retry-ticket, withdraw, resolve 중에서 고르십시오',
  },
  reversed: {
    en: 'ask the desk where the money is, then retry-ticket or resolve it',
    ko: '돈이 어디에 있는지 페이먼트월 담당 창구에 문의한 뒤 retry-ticket이나 resolve를 쓰십시오',
  },
  decide: { en: 'accept it and deliver, or refund it', ko: 'accept하고 배송하거나 refund하십시오' },
  twice: {
    en: 'compare the console, and ask the payer or the bank for what was too much',
    ko: '콘솔과 비교하고, 초과 환불된 금액을 돌려 달라고 구매자나 은행에 요청하십시오',
  },
  differs: {
    en: 'compare the entry with the console; resolve the rest or ask the desk',
    ko: '취소 내역을 콘솔과 비교하고, 나머지를 resolve하거나 페이먼트월 담당 창구에 문의하십시오',
  },
  hints: {
    en: 'see ops inbox, mend the cause, and replay them',
    ko: 'ops inbox를 보고 원인을 고친 뒤 replay하십시오',
  },
  compare: {
    en: 'find out whether a backup was restored before anybody terminates a workflow',
    ko: '워크플로를 terminate하기 전에 백업이 복원되었는지부터 확인하십시오',
  },
  approve: {
    en: 'approve it with an approver key, or leave it',
    ko: 'approver 키로 승인하거나 그대로 두십시오',
  },
  wentBack: {
    en: 'hold filing (ops hold), ask the desk what reached them, run after-restore, then resolve it or retry-ticket',
    ko: '접수를 중지하고(ops hold), 무엇이 도착했는지 페이먼트월 담당 창구에 문의하고, after-restore를 실행한 뒤 resolve나 retry-ticket을 쓰십시오',
  },
  against: {
    en: 'compare the console, then release what you have seen (ops payment release), or wait for evidence that agrees again',
    ko: '콘솔과 비교한 뒤 확인한 것을 release하거나(ops payment release), 증거가 다시 일치하기를 기다리십시오',
  },
  first: {
    en: 'accept the second payment and deliver, or retry-ticket its refund',
    ko: '두 번째 결제를 accept하고 배송하거나, 그 환불에 retry-ticket을 쓰십시오',
  },
  foreign: {
    en: 'find out in the console who asked for it; once it has ended the refund goes on by itself, or withdraw it',
    ko: '누가 요청했는지 콘솔에서 확인하십시오. 그 요청이 끝나면 환불은 자동으로 이어지며, withdraw할 수도 있습니다',
  },
  account: {
    en: 'mend the keys, or accept the new account (ops account accept) where it was changed on purpose',
    ko: '키를 바로잡으십시오. 일부러 바꾼 것이면 새 계정을 받아들이십시오(ops account accept)',
  },
  signed: {
    en: 'compare the console, then resolve the refund, or accept or refund the money',
    ko: '콘솔과 비교한 뒤 환불을 resolve하거나, 들어온 금액을 accept 또는 refund하십시오',
  },
  matchedByAmount: {
    en: 'ask the desk whether this ticket is done; resolve it as refunded with ticketDead, or wait for the entry that names it',
    ko: '이 티켓이 처리되었는지 페이먼트월 담당 창구에 문의하십시오. ticketDead를 붙여 refunded로 resolve하거나, 이 환불을 가리키는 취소 내역을 기다리십시오',
  },
  fitsSeveral: {
    en: 'ask the desk whose ticket was worked off, then resolve that refund as refused with ticketDead',
    ko: '어느 환불의 티켓이 처리되었는지 페이먼트월 담당 창구에 문의한 뒤, 그 환불을 ticketDead를 붙여 refused로 resolve하십시오',
  },
  namedLate: {
    en: 'ask the desk what is left of its ticket; where nothing is, resolve it as refused with ticketDead',
    ko: '티켓에 남은 금액이 있는지 페이먼트월 담당 창구에 문의하십시오. 없으면 ticketDead를 붙여 refused로 resolve하십시오',
  },
  statusUnknown: {
    en: 'look in its console whether there is money in it; give it back there, or have this program taught the word',
    ko: '실제로 결제된 금액이 있는지 콘솔에서 확인하고, 콘솔에서 환불하거나 이 프로그램에 그 상태를 추가해 달라고 요청하십시오',
  },
  overdue: {
    en: 'see ops overdue; is a worker running, was something just deployed (the log of the worker), does Temporal answer (/readyz)',
    ko: 'ops overdue를 보십시오. 워커가 실행 중인지, 방금 배포한 것이 있는지(워커의 로그), Temporal이 응답하는지(/readyz) 확인하십시오',
  },
  overdueOver: {
    en: 'nothing; the log of that time says why it was late',
    ko: '할 일이 없습니다. 늦은 이유는 그때의 로그에 있습니다',
  },
  overtakenTicket: {
    en: 'ask the desk to drop the ticket; the checkout may ask again for what is left',
    ko: '티켓을 폐기해 달라고 페이먼트월 담당 창구에 요청하십시오. 남은 금액은 체크아웃이 다시 요청할 수 있습니다',
  },
  cancelRequested: {
    en: 'withdraw or resolve the refund, or close the order; the workflow goes on',
    ko: '환불을 withdraw 또는 resolve하거나 주문을 닫으십시오. 워크플로는 계속 실행됩니다',
  },
  deliveryUntold: {
    en: 'see that the checkout tells it (POST /payments/{merchantUid}/delivery), or refund what is not shipped',
    ko: '체크아웃이 배송을 알리게 하거나(POST /payments/{merchantUid}/delivery), 배송하지 않을 것은 환불하십시오',
  },
  hintsForged: {
    en: 'compare the secret keys and signature versions with the console; what the gateway said comes again by itself',
    ko: '비밀 키와 서명 버전을 콘솔과 비교하십시오. 게이트웨이가 보낸 내용은 자동으로 다시 옵니다',
  },
  inboxFlood: {
    en: 'see who sends them (ops inbox) and stop them in front of us; what is known here is looked at as ever',
    ko: '누가 보내는지 보고(ops inbox) 앞단에서 막으십시오. 여기에 등록된 주문과 결제는 평소처럼 조회합니다',
  },
  noticeParked: {
    en: 'mend the checkout, then resend them (ops notices resend); GET /payments shows everything',
    ko: '체크아웃을 고친 뒤 다시 보내십시오(ops notices resend). GET /payments에는 모두 있습니다',
  },
  payerUnseen: {
    en: 'compare the console; where it is paid there, send its message again from the console, or refund it there',
    ko: '콘솔과 비교하십시오. 콘솔에 결제가 있으면 메시지를 콘솔에서 다시 보내거나 콘솔에서 환불하십시오',
  },
  refundLimitNear: {
    en: 'ask the desk to hurry (ops letter); past the limit it is paid back by bank',
    ko: '페이먼트월 담당 창구에 서둘러 달라고 요청하십시오(ops letter). 기한이 지나면 계좌 이체로 환불해야 합니다',
  },
  runbook: { en: 'see the runbook', ko: '런북을 보십시오' },
} as const satisfies Record<string, Said>

/** The frame of a message. */
export const MESSAGE = {
  youMay: { en: 'you may: {what}', ko: '할 수 있는 일: {what}' },
  one: { en: '1 alert', ko: '경보 1건' },
  many: { en: '{count} alerts', ko: '경보 {count}건' },
  more: {
    en: 'and {count} more: npm run ops -- stuck --attention {level}',
    ko: '그 밖에 {count}건: npm run ops -- stuck --attention {level}',
  },
  remind: { en: 'REMIND', ko: '알림(REMIND)' },
  warn: { en: 'WARN', ko: '경고(WARN)' },
  page: { en: 'PAGE', ko: '호출(PAGE)' },
  /** Of an earlier version, which said it in English alone. */
  words: { en: '{sentence}', ko: '원문: {sentence}' },
} as const satisfies Record<string, Said>
