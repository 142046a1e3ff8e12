/** The service points that the simulated utility knows, as its own list of customers names them. */
import { parse } from 'csv-parse/sync'

export interface KnownServicePoint {
  readonly accountNumber: string
  readonly servicePoint: string
  readonly rateClass: string
  readonly billGroup: string
  /** `EOM`, `BOM`, `MOM`, or empty when it is billed by the meter read. */
  readonly billingType: string
}

/** Reads a list with the column names of examples/mahomet; other columns are left alone, repeated rows counted once. */
export function servicePointsFromCsv(content: Buffer): KnownServicePoint[] {
  const rows = parse(content, {
    columns: true,
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    skip_records_with_error: true,
  }) as Record<string, string | undefined>[]
  const known = new Map<string, KnownServicePoint>()
  for (const row of rows) {
    const servicePoint = row.service_point ?? ''
    if (servicePoint === '') continue
    known.set(servicePoint, {
      accountNumber: row.account_number ?? '',
      servicePoint,
      rateClass: row.rate_class ?? '',
      billGroup: row.bill_group ?? '',
      billingType: row.billing_type ?? '',
    })
  }
  return [...known.values()]
}
