import { expect, test } from 'vitest'
import type { ActivityContext } from '../../activities/context.js'
import { applyInboundChunk } from '../../activities/utility-inbox.js'
import { sha256Of } from '../../persistence/sha256-of.js'
import { giveShares, storeContent } from '../../persistence/ledger/inbound-files.js'
import { type RawTransaction, rawInterchange } from '../edi/raw-interchange.js'
import { requestOf } from '../persistence/ledger/answers.js'
import { DAYS, villageAt } from '../persistence/ledger/phases.js'
import { home, type Village } from '../persistence/ledger/village.js'
import { expectBalance, openItems, stateOf } from '../persistence/ledger/where-they-stand.js'
import { describeOnEachStore } from '../support/each-store.js'

const NEW = '5550000001'

const closed = (account: string): RawTransaction => [
  '814',
  'BGN*13*U-1*20270329',
  'LIN*U-LIN-1*SH*EL*SH*CE',
  'ASI*F*024',
  `REF*12*${account}`,
  'REF*1P*020',
  'DTM*151*20270329',
]
const opened = (former: string): RawTransaction => [
  '814',
  'BGN*11*U-2*20270329***MANUAL',
  'LIN*U-LIN-2*SH*EL*SH*CE',
  'ASI*WQ*021',
  'REF*1P*BNK',
  `REF*12*${NEW}`,
  `REF*LU*${NEW}001`,
  `REF*45*${former}`,
  'DTM*150*20270329',
]
const used: RawTransaction = ['867', 'BPT*00*U-3*20270403', `REF*12*${NEW}`, 'DTM*150*20270402', 'DTM*151*20270402']

async function arrives(village: Village, control: number, transactions: readonly RawTransaction[]): Promise<void> {
  const content = Buffer.from(rawInterchange([transactions], { control: String(control).padStart(9, '0') }))
  const sha256 = sha256Of(Buffer.concat([content, Buffer.from(village.programId)]))
  const file = { sha256, name: `${control}.edi`, content, receivedAt: DAYS.answers }
  await village.database.tx(async (trx) => {
    await storeContent(trx, file)
    await giveShares(trx, file, new Map([[village.programId, null]]))
  })
  const context = { database: village.database } as ActivityContext
  await applyInboundChunk(context, { programId: village.programId, sha256, asOf: DAYS.answers })
}

describeOnEachStore(
  'supplier FAQ, bankruptcy of a customer (ruling R-020): files of the utility, in any order',
  (store) => {
    test.each<[string, (former: string) => readonly RawTransaction[]]>([
      ['closed, opened, used', (former) => [closed(former), opened(former), used]],
      ['opened, closed, used', (former) => [opened(former), closed(former), used]],
      ['opened, used, closed', (former) => [opened(former), used, closed(former)]],
      ['each of them twice', (former) => [closed(former), closed(former), opened(former), opened(former), used, used]],
    ])('%s: the household is served on, and nobody has to do anything', async (_name, messages) => {
      const village = await villageAt(store.database(), 'accepted')
      for (const [index, message] of messages(home(1)).entries()) await arrives(village, index + 1, [message])
      expect(await stateOf(village, home(1))).toBe('in-service')
      expect(await requestOf(village, home(1))).toMatchObject({ state: 'started', actual_start_on: '2027-04-02' })
      expect(await openItems(village, home(1))).toEqual([])
      expect(await openItems(village)).not.toContain('unmatched-transaction')
      await expectBalance(village)
    })

    test('an enrollment of a stranger by the utility’s own act is for a person', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await arrives(village, 1, [opened('9999999999')])
      expect(await openItems(village)).toContain('unmatched-transaction')
      await expectBalance(village)
    })
  },
)
