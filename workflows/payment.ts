// The payment saga: register the order, wait for money or for its time to run out; money that needs
// a person keeps it open.
// Must not know: databases, gateways.
import { continueAsNew } from '@temporalio/workflow'
import type { PaymentNext } from '../src/domain/next.ts'
import { checkpointPayment, expirePayment, openPayment, rows } from './activities.ts'
import type { Ended, PaymentInput } from './messages.ts'
import { takePaymentCommands } from './people.ts'
import { here, run } from './saga.ts'
import { bornWithThisRun } from './versions.ts'

/** Without input it is refused as any other that names nothing. */
export async function payment(input: PaymentInput = { merchantUid: '' }): Promise<Ended> {
  const { merchantUid } = input
  const asked = () => ({ merchantUid, now: here() })
  const born = input.born !== undefined
  if (born) bornWithThisRun()
  return run<PaymentNext>({
    takeCommands: takePaymentCommands,
    begin: (workflowId) => (born ? rows.openPaymentBriefly : rows.beginPayment)({ input, workflowId, now: here() }),
    read: () => rows.readPayment(asked()),
    act: ({ do: what }) => {
      switch (what) {
        case 'open':
          return openPayment(asked())
      }
    },
    due: ({ whenDue }) => (whenDue === 'expire' ? expirePayment(asked()) : checkpointPayment(asked())),
    goOn: () => continueAsNew<typeof payment>({ merchantUid }),
  })
}
