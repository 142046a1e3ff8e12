/** One example for each command, shown below its options: what a person would really type. */
import type { Command } from 'commander'

const EXAMPLES: Readonly<Record<string, string>> = {
  'calc window': 'calc window --from 2027-01-22 --days 19',
  'calc rescission': 'calc rescission --processed 2027-02-17',
  'calc cutoff': 'calc cutoff --anchor 2027-03-05',
  'calc billing-window': 'calc billing-window --read 2027-02-26',
  'calc judge':
    'calc judge --deadline 2027-02-10 --channel card --postmark 2027-02-10 \\\n      --received 2027-02-17T15:00:00-06:00',
  'list review':
    'list review --list examples/mahomet/village-list \\\n      --boundary examples/mahomet/village-list/boundary.csv --as-of 2027-01-11',
  'edi read': 'edi read out/mahomet/edi/in/814-000000024.x12',
  'edi write': 'edi write requests.json > 814.edi      (its fields: docs/edi.md)',
  rehearse:
    'rehearse --list examples/mahomet/village-list \\\n      --boundary examples/mahomet/village-list/boundary.csv \\\n      --script examples/mahomet/script.json --out out/mine',
  up: 'up --rehearsal --data /srv/trial',
  'program start':
    'program start --plan mahomet --boundary examples/mahomet/village-list/boundary.csv \\\n      --default-rates examples/mahomet/default-rates.json',
  status: 'status',
  'list import': 'list import --list examples/mahomet/village-list',
  'list sign': 'list sign',
  'bid add': 'bid add examples/mahomet/bids/prairie-wind.json',
  'bid open': 'bid open',
  award: 'award "Prairie Wind"',
  'notice proof': 'notice proof --drop 2027-01-20=first-streets.txt --drop 2027-01-22',
  'notice approve': 'notice approve',
  'evidence add': 'evidence add --drop 1 --on 2027-01-20 --pieces 2139 --form "PS 3606-D"',
  'receipt add': 'receipt add --file replies.csv      (or: --account 1343031578 --channel phone)',
  'receipt card': 'receipt card 7K3-M9Q-XWP --postmark 2027-02-10',
  'return add': 'return add 7K3-M9Q-XWP --on 2027-01-28',
  're-mail': 're-mail 1343031578 --on 2027-02-01',
  stop: 'stop on utility --why "their server sends us the files of another supplier"',
  'item list': 'item list',
  'item close': 'item close 12 --why "filed on paper, receipt 27-0102"',
  'sending resolve': 'sending resolve 7 --as-sent',
  reconcile: 'reconcile --why "compared with the files on the utility’s server of March 2"',
  case: 'case 1343031578',
  ledger: 'ledger',
  'accounts export': 'accounts export --out accounts.csv',
  'journal export': 'journal export --out journal.jsonl',
  'user add': 'user add anna --role clerk',
  'user list': 'user list',
  'user end': 'user end anna',
  clock: 'clock "2027-02-01 08:00"',
}

export function addExamples(command: Command, path = ''): void {
  for (const each of command.commands) {
    const name = `${path}${each.name()}`
    const example = EXAMPLES[name]
    if (example !== undefined) each.addHelpText('after', `\nExample:\n  meterhall ${example}`)
    addExamples(each, `${name} `)
  }
}
