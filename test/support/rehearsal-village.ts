/** An invented village for a rehearsal: its list files, boundary and script, in a folder that is thrown away. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Meter {
  readonly rateClass?: string
  readonly billGroup?: string
  readonly billingType?: 'EOM' | 'BOM' | 'MOM'
  /** Whole kWh of each of the twelve months. */
  readonly monthlyKwh?: number
}

export interface Home {
  readonly number: string
  readonly list?: 'fixed' | 'supplier' | 'hourly'
  /** Street and house number; inside the village when left out. */
  readonly address?: string
  readonly meters?: readonly Meter[]
  readonly electricHeat?: boolean
  readonly freeService?: boolean
  readonly bundledHoldUntil?: string
}

export interface Reply {
  readonly account: string
  readonly channel: string
  readonly postmark?: string
  readonly received: string
  readonly signed?: boolean
}

export interface Script {
  readonly start: string
  readonly plan?: string
  readonly calendar: { readonly billing: readonly string[]; readonly edi: readonly string[] }
  readonly readDates: Readonly<Record<string, readonly string[]>>
  readonly defaultRates: Readonly<Record<string, number | string>>
  readonly bids: readonly {
    readonly supplier: string
    readonly centsPerKwh: Readonly<Record<string, number>>
    readonly termMonths: number
  }[]
  readonly award?: string | null
  readonly drops: readonly {
    readonly evidenceDate: string
    readonly accounts: 'all' | readonly string[]
    readonly certifiedPieces?: number
  }[]
  readonly receipts?: readonly Reply[]
  readonly undeliverable?: readonly {
    readonly account: string
    readonly returned: string
    readonly remailedEvidenceDate?: string
  }[]
  readonly utility?: {
    readonly rejects?: readonly { readonly account: string; readonly code: string }[]
    readonly rescissions?: readonly { readonly account: string; readonly on: string }[]
    readonly actualStarts?: readonly { readonly account: string; readonly on: string }[]
  }
}

export interface Village {
  readonly homes: readonly Home[]
  readonly script: Script
}

/** Account numbers and names begin so that they can be told from anything else in a file. */
const NUMBERS = 7_300_000_000

export function numberOf(place: number): string {
  return String(NUMBERS + place)
}

/** The village's one street runs from 1 to 999; a house of a higher number lies outside, another street is in no range. */
const BOUNDARY = 'street,low,high,side\nOak St,1,999,both\n'

const COLUMNS = [
  ...['account_number', 'service_point', 'customer_name', 'service_address', 'service_unit', 'service_city'],
  ...['service_state', 'service_zip', 'service_zip4', 'mail_address', 'mail_unit', 'mail_city', 'mail_state'],
  ...['mail_zip', 'rate_class', 'bill_group', 'billing_type', 'electric_heat', 'free_service', 'bundled_hold_until'],
  ...[
    'pipp',
    'account_start',
    'plc_kw',
    ...Array.from({ length: 12 }, (_, month) => `kwh_${String(month + 1).padStart(2, '0')}`),
  ],
]

const FILES = {
  fixed: 'utility-fixed-price.csv',
  supplier: 'retail-supplier.csv',
  hourly: 'utility-hourly.csv',
} as const

function rowsOf(home: Home): string[] {
  const house = Number(home.number) - NUMBERS
  const address = home.address ?? `${house} Oak St`
  const place = ['Mahomet', 'IL', '61853']
  return (home.meters ?? [{}]).map((meter, at) =>
    [
      ...[home.number, `${home.number}${String(at + 1).padStart(3, '0')}`, `Quillfeather ${house}`],
      ...[address, '', ...place, '1001', address, '', ...place],
      ...[meter.rateClass ?? 'DS-1', meter.billGroup ?? 'plain', meter.billingType ?? ''],
      ...[
        home.electricHeat ? 'Y' : 'N',
        home.freeService ? 'Y' : 'N',
        home.bundledHoldUntil ?? '',
        'N',
        '2015-01-02',
        '1.2',
      ],
      ...Array.from({ length: 12 }, () => String(meter.monthlyKwh ?? 500)),
    ].join(','),
  )
}

export interface VillageFiles {
  /** Everything of this village; throw it away. */
  readonly folder: string
  readonly list: string
  readonly boundary: string
  readonly script: string
  readonly out: string
}

/** @param script written as it stands when it is a text. */
export function writeVillage(homes: readonly Home[], script: Script | string): VillageFiles {
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-test-'))
  const list = join(folder, 'list')
  mkdirSync(list)
  for (const [kind, name] of Object.entries(FILES)) {
    const rows = homes.filter((home) => (home.list ?? 'fixed') === kind).flatMap(rowsOf)
    writeFileSync(join(list, name), `${[COLUMNS.join(','), ...rows].join('\n')}\n`)
  }
  const boundary = join(folder, 'boundary.csv')
  writeFileSync(boundary, BOUNDARY)
  const scriptFile = join(folder, 'script.json')
  writeFileSync(scriptFile, typeof script === 'string' ? script : JSON.stringify(script))
  return { folder, list, boundary, script: scriptFile, out: join(folder, 'out') }
}
