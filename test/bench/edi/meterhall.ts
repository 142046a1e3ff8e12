/** Our reader with everything it checks, up to typed messages; our writer up to the file's text. */
import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { readInterchanges } from '../../../edi/read-interchanges.js'
import { readUtilityMessages } from '../../../edi/read-utility-messages.js'
import { writeEnrollmentRequests } from '../../../edi/write-requests.js'
import type { Findings } from '../contest.js'
import { perProcessorSecond } from '../processor-time.js'
import type { EdiSettings } from './contest.js'
import { enrollments, INTERCHANGE } from './sample-edi.js'

export async function measure({ file, transactions, leastSeconds }: EdiSettings): Promise<Findings> {
  const requests = enrollments(transactions)
  return {
    '814-read': await perProcessorSecond(transactions, leastSeconds, () => {
      const read = readInterchanges(readFileSync(file, 'latin1'))
      assert(read.ok)
      const messages = readUtilityMessages(read.value)
      assert.equal(messages.filter((message) => message.kind === 'enrollment-accepted').length, transactions)
    }),
    '814-write': await perProcessorSecond(transactions, leastSeconds, () => {
      const written = writeEnrollmentRequests(INTERCHANGE, requests)
      assert(written.ok)
    }),
  }
}
