/** One example for each verb, shown below its options: what a person would really type. */
import type { Command } from 'commander'

const EXAMPLES: Readonly<Record<string, string>> = {
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
  'evidence add': 'evidence add --drop 1 --on 2027-01-20 --pieces 2137 --form "PS 3606-D"',
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
