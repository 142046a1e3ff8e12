/** node-x12: its parser to an object per element, its generator from one. */
import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { X12Interchange, X12Parser, X12SerializationOptions } from 'node-x12'
import { readInterchanges } from '../../../edi/read-interchanges.js'
import type { Findings } from '../contest.js'
import { perProcessorSecond } from '../processor-time.js'
import type { EdiSettings } from './contest.js'
import { enrollmentSegments, enrollments } from './sample-edi.js'

export async function measure({ file, transactions, leastSeconds }: EdiSettings): Promise<Findings> {
  const requests = enrollments(transactions)
  const separators = new X12SerializationOptions({
    elementDelimiter: '*',
    segmentTerminator: '~',
    endOfLine: '',
    format: false,
  } as X12SerializationOptions)
  const write = (): string => {
    const interchange = new X12Interchange(separators)
    interchange.setHeader([
      ...['00', ' '.repeat(10), '00', ' '.repeat(10), '01', '006900001      ', '14', '1234567890001  '],
      ...['270104', '0000', 'U', '00401', '000000077', '0', 'T', '>'],
    ])
    const group = interchange.addFunctionalGroup()
    group.setHeader(['GE', '006900001', '1234567890001', '20270104', '0000', '9', 'X', '004010'])
    requests.forEach((request, n) => {
      const transaction = group.addTransaction()
      transaction.setHeader(['814', String(n + 1).padStart(4, '0')])
      for (const [tag, ...elements] of enrollmentSegments(request)) transaction.addSegment(tag, elements)
    })
    return interchange.toString()
  }
  const written = readInterchanges(write())
  assert(written.ok)
  assert.equal(written.value[0]?.groups[0]?.transactions.length, transactions)
  return {
    '814-read': await perProcessorSecond(transactions, leastSeconds, () => {
      const interchange = new X12Parser(true).parse(readFileSync(file, 'latin1'))
      assert('functionalGroups' in interchange)
      assert.equal(interchange.functionalGroups[0]?.transactions.length, transactions)
    }),
    '814-write': await perProcessorSecond(transactions, leastSeconds, write),
  }
}
