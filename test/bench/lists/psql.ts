/** psql: the files copied into a table of text, then one pass of SQL from there to judged accounts. */
import { strict as assert } from 'node:assert'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LIST_KINDS } from '../../../domain/account.js'
import { LIST_FILE_NAMES } from '../../../persistence/list-mapping.js'
import pg from 'pg'
import type { Findings } from '../contest.js'
import { finished } from '../in-process.js'
import { processorSecondsOf, serverProcess } from '../processor-time.js'
import { AS_OF, type PsqlSettings } from './contest.js'
import { foundBy, reviewed } from './reviewed.js'

const COLUMNS = [
  ...['account_number', 'service_point', 'customer_name', 'service_address', 'service_unit', 'service_city'],
  ...[
    'service_state',
    'service_zip',
    'service_zip4',
    'mail_address',
    'mail_unit',
    'mail_city',
    'mail_state',
    'mail_zip',
  ],
  ...['rate_class', 'bill_group', 'billing_type', 'electric_heat', 'free_service', 'bundled_hold_until', 'pipp'],
  ...[
    'account_start',
    'plc_kw',
    ...Array.from({ length: 12 }, (_, month) => `kwh_${String(month + 1).padStart(2, '0')}`),
  ],
]
const KWH = COLUMNS.filter((column) => column.startsWith('kwh_'))

export async function measure(settings: PsqlSettings): Promise<Findings> {
  const { folder, rows, url, bin } = settings
  const script = join(folder, '..', `review.${process.pid}.sql`)
  writeFileSync(script, sql(settings))
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const processes = [await serverProcess(client), process.pid]
  await client.end()
  const before = processorSecondsOf(processes)
  const started = performance.now()
  const { output, said, code } = await finished(join(bin, 'psql'), [
    '-qtAX',
    '-v',
    'ON_ERROR_STOP=1',
    '-f',
    script,
    url,
  ])
  const seconds = (performance.now() - started) / 1000
  const processor = processorSecondsOf(processes) - before
  assert.equal(code, 0, said)
  assert.deepEqual(JSON.parse(output), foundBy(await reviewed(settings)), 'psql and we find the same')
  return { 'list-rows': rows / seconds, 'list-rows-cpu': rows / processor }
}

function sql({ folder, boundary }: PsqlSettings): string {
  const copies = LIST_KINDS.map((kind) => {
    const file = join(folder, `${LIST_FILE_NAMES[kind]}.csv`)
    return `alter table staged alter column list set default '${kind}';
\\copy staged (${COLUMNS.join(', ')}) from '${file}' with (format csv, header)`
  })
  return `begin;
create table staged (row_no bigint generated always as identity, list text, ${COLUMNS.map((column) => `${column} text`).join(', ')});
${copies.join('\n')}
create table street_range (street text, low int, high int, side text);
\\copy street_range from '${boundary}' with (format csv, header)
update street_range set street = upper(street);
create table problem as select row_no, 'account-number' as code from staged
  where account_number !~ '^\\d{10}$' or service_point = '' or rate_class !~ '^DS-[1-5]$';
create table account as
with typed as (
  -- a row with all values of an earlier one is a repeat
  select distinct on (${COLUMNS.join(', ')})
    row_no, list, account_number, service_point, customer_name, service_address, mail_address, mail_zip, rate_class, bill_group, billing_type,
    upper(electric_heat) in ('Y', 'YES') as electric_heat, upper(free_service) in ('Y', 'YES') as free_service,
    nullif(bundled_hold_until, '')::date as hold_until, upper(pipp) in ('Y', 'YES') as pipp, nullif(account_start, '')::date as account_start,
    array[${KWH.map((column) => `nullif(${column}, '')::int`).join(', ')}] as monthly_kwh,
    ${KWH.map((column) => `coalesce(nullif(${column}, '')::int, 0)`).join(' + ')} as kwh,
    substring(service_address from '^\\d+')::int as house, upper(substring(service_address from '^\\d+ (.+)$')) as street
  from staged where account_number ~ '^\\d{10}$' and service_point <> '' and rate_class ~ '^DS-[1-5]$'
  order by ${COLUMNS.join(', ')}, row_no
), placed as (
  select typed.*, place.is_inside
  from typed left join lateral (
    select bool_or(house between low and high and (side = 'both' or side = case house % 2 when 0 then 'even' else 'odd' end)) as is_inside
    from street_range where street_range.street = typed.street
  ) place on true
), gathered as (
  select account_number, min(row_no) as first_row, (array_agg(customer_name order by row_no))[1] as customer_name,
    (array_agg(service_address order by row_no))[1] as service_address, (array_agg(mail_address order by row_no))[1] as mail_address,
    count(*) as service_points, sum(kwh) as annual_kwh, jsonb_agg(jsonb_build_object('servicePoint', service_point, 'rateClass', rate_class,
      'billGroup', bill_group, 'billingType', billing_type, 'monthlyKwh', monthly_kwh)) as points,
    bool_or(is_inside is false) as outside, bool_or(is_inside is null) as unresolved, bool_or(free_service) as free_service,
    bool_or(hold_until >= date '${AS_OF}') as hold, not bool_and(rate_class = 'DS-1') as is_business, bool_or(electric_heat) as electric_heat,
    bool_or(list = 'hourly') as hourly, bool_or(list = 'supplier') as supplier, bool_or(pipp) as pipp, min(account_start) as account_start
  from placed group by account_number
), judged as (
  select *, array_remove(array[
    case when outside then 'outside-boundary' end, case when free_service then 'free-service' end, case when hold then 'bundled-hold' end,
    case when is_business and annual_kwh > 15000 then 'over-15000-kwh' end, case when unresolved then 'boundary-unresolved' end,
    case when hourly then 'hourly' end, case when supplier then 'other-supplier' end, case when electric_heat then 'electric-heat' end], null) as findings
  from gathered
)
select *, case
  when findings && array['outside-boundary', 'free-service', 'bundled-hold', 'over-15000-kwh'] then 'ineligible'
  when findings && array['boundary-unresolved'] then 'needs-review'
  when findings && array['hourly', 'other-supplier', 'electric-heat'] then 'opt-in-only'
  else 'auto-enroll' end as eligibility
from judged;
alter table account add primary key (account_number);
commit;
with points as (select sum(service_points)::int as n from account), problems as (select count(*)::int as n from problem)
select json_build_object(
  'accounts', (select count(*) from account), 'servicePoints', (select n from points),
  'duplicateRows', (select count(*) from staged) - (select n from points) - (select n from problems), 'problems', (select n from problems),
  'eligibility', (select json_object_agg(name, (select count(*) from account where eligibility = name))
    from unnest(array['ineligible', 'needs-review', 'opt-in-only', 'auto-enroll']) name),
  'reasons', (select json_object_agg(name, (select count(*) from account where findings @> array[name]))
    from unnest(array['outside-boundary', 'free-service', 'bundled-hold', 'over-15000-kwh', 'boundary-unresolved', 'hourly', 'other-supplier', 'electric-heat']) name));
`
}
