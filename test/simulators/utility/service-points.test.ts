import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { servicePointsFromCsv } from '../../../simulators/utility/service-points.js'

const HEADER = 'account_number,service_point,customer_name,rate_class,bill_group,billing_type'

describe('utility: what it knows of its own list', () => {
  test('each service point once, whatever else stands in the row', () => {
    const rows = [
      '0000000001,0000000001001,Zoé,DS-1,7,',
      '0000000001,0000000001001,Zoé,DS-1,7,',
      '0000000002,0000000002001,"A, B",DS-3,21,EOM',
    ]
    expect(servicePointsFromCsv(Buffer.from(`\ufeff${[HEADER, ...rows, ''].join('\r\n')}`))).toEqual([
      {
        accountNumber: '0000000001',
        servicePoint: '0000000001001',
        rateClass: 'DS-1',
        billGroup: '7',
        billingType: '',
      },
      {
        accountNumber: '0000000002',
        servicePoint: '0000000002001',
        rateClass: 'DS-3',
        billGroup: '21',
        billingType: 'EOM',
      },
    ])
  })

  test.each([
    ['a row without a service point', '0000000003,,X,DS-1,7,'],
    ['a short row', '0000000003'],
    ['a quote in the middle of a value', '0000000003,0000000003001,X"Y,DS-1,7,'],
  ])('%s is left out, the others are kept', (_case, row) => {
    const content = Buffer.from([HEADER, row, '0000000001,0000000001001,Z,DS-1,7,'].join('\n'))
    expect(servicePointsFromCsv(content).map(({ servicePoint }) => servicePoint)).toEqual(['0000000001001'])
  })

  test('no column is required: a list without them has no service points', () => {
    expect(servicePointsFromCsv(Buffer.from('a,b\n1,2\n'))).toEqual([])
    expect(servicePointsFromCsv(readFileSync('package.json'))).toEqual([])
  })
})
