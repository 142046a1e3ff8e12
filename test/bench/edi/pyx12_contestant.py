"""pyx12: its reader with its checks of the envelopes, its writer. Arguments: file, transactions, least seconds."""
import io
import json
import sys
import time

import pyx12.segment
import pyx12.x12file


def per_processor_second(units, least_seconds, work):
    work()
    started = time.process_time()
    passes = 0
    while True:
        work()
        passes += 1
        taken = time.process_time() - started
        if taken >= least_seconds:
            return units * passes / taken


def segment(*values):
    return pyx12.segment.Segment('*'.join(values), '~', '*', '>')


def read(file, transactions):
    found = 0
    with open(file) as source:
        reader = pyx12.x12file.X12Reader(source)
        for each in reader:
            if each.get_seg_id() == 'ST':
                found += 1
        assert reader.pop_errors() == []
    assert found == transactions


def write(transactions):
    target = io.StringIO()
    writer = pyx12.x12file.X12Writer(target, '~', '*', '>', '')
    writer.Write(segment(
        'ISA', '00', ' ' * 10, '00', ' ' * 10, '01', '006900001      ', '14', '1234567890001  ',
        '270104', '0000', 'U', '00401', '000000077', '0', 'T', '>'))
    writer.Write(segment('GS', 'GE', '006900001', '1234567890001', '20270104', '0000', '9', 'X', '004010'))
    for n in range(transactions):
        serial, account, control = f'{n + 1:06d}', f'{7000000 + n * 37:010d}', f'{n + 1:04d}'
        writer.Write(segment('ST', '814', control))
        writer.Write(segment('BGN', '13', f'B-2027-{serial}', '20270104'))
        writer.Write(segment('N1', '8S', 'Utility', '9', '1234567890001'))
        writer.Write(segment('N1', 'SJ', 'Supplier', '1', '006900001'))
        writer.Write(segment('N1', '8R', f'Householder {n}'))
        writer.Write(segment('LIN', f'E-2027-{serial}', 'SH', 'EL', 'SH', 'CE'))
        writer.Write(segment('ASI', '7', '021'))
        writer.Write(segment('REF', '12', account))
        writer.Write(segment('REF', 'LU', f'{account}001'))
        writer.Write(segment('REF', 'BLT', 'LDC'))
        writer.Write(segment('REF', 'PC', 'LDC'))
        writer.Write(segment('REF', 'RB', 'MAHOMET-DS1'))
        writer.Write(segment('DTM', '150', '20270202'))
        writer.Write(segment('SE', '14', control))
    writer.Write(segment('GE', str(transactions), '9'))
    writer.Write(segment('IEA', '1', '000000077'))
    text = target.getvalue()
    assert text.count('~SE*') == transactions and text.endswith('~')


path, count, least = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
print(json.dumps({
    '814-read': per_processor_second(count, least, lambda: read(path, count)),
    '814-write': per_processor_second(count, least, lambda: write(count)),
}))
