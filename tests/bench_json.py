# bench_json.py BENCH_JSON RUNGS FOLDER - what programs read, read by parsers that are not ours: the same text comes back.
import csv, json, os, subprocess, sys

writer, rungs, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
subprocess.run([writer, folder], check=True)

NASTY = b'a "quoted" \\ one, two\nthree\tfour \xc3\xa9 \xff end'
AS_JSON = NASTY.decode(errors='replace')
AS_CSV = NASTY.decode(errors='surrogateescape')


def strict(text):  # NaN and Infinity are not JSON, though json.loads takes them
    return json.loads(text, parse_constant=lambda name: sys.exit(f'{name} in JSON'))


def must(what, got, wanted):
    if got != wanted:
        sys.exit(f'{what}: {got!r} is not {wanted!r}')


def table(path):
    with open(path, newline='', encoding='utf-8', errors='surrogateescape') as f:
        rows = list(csv.reader(f, strict=True))
    for row in rows:
        must(f'{path}: cells', len(row), len(rows[0]))
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def read(name):
    with open(f'{folder}/{name}', encoding='utf-8') as f:  # not UTF-8: an exception
        return strict(f.read())


rows = read('rows.json')
must('cpu', rows['machine']['cpu'], AS_JSON)
must('note', rows['rows'][0]['note'], AS_JSON)
must('op', rows['rows'][0]['op'], NASTY[:30].decode())
must('rung', rows['rows'][1]['rung'], NASTY[:30].decode())
must('NaN', rows['rows'][0]['low'], None)
must('infinity', rows['rows'][0]['high'], None)
must('seconds', rows['rows'][0]['seconds'], 1e-3)
ulp = read('ulp.json')
must('cpu', ulp['cpu'], AS_JSON)
must('rung', ulp['rows'][0]['rung'], NASTY[:30].decode())
must('error', ulp['rows'][0]['error_ulp'], 1.5)
must('NaN', ulp['rows'][0]['low'], None)
must('note', table(f'{folder}/rows.csv')[0]['note'], AS_CSV)
must('cpu', table(f'{folder}/rows.csv')[1]['cpu'], AS_CSV)
must('cpu', table(f'{folder}/ulp.csv')[0]['cpu'], AS_CSV)


def said(*words):
    return subprocess.run([rungs, *words], stdout=subprocess.PIPE, check=True, encoding='utf-8').stdout


operations = strict(said('list', '--json'))
names = [op['op'] for op in operations]
if len(names) < 50 or len(set(names)) != len(names):
    sys.exit(f'list --json: {names}')
checked = list(csv.reader(said('check', 'mse_backward', '--csv').splitlines(), strict=True))
must('cells of check --csv', {len(row) for row in checked}, {6})
print(f'{len(operations)} operations, 4 files: other parsers read the same text')
