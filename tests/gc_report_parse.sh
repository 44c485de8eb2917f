#!/bin/sh
# gc_report_parse.sh PROGRAM FOLDER - other people's parsers accept the reports: python3's json, xml.etree and csv.
# Also in a locale that writes 0,5 for a half, where there is one.
set -eu
command -v python3 > /dev/null || { echo "SKIP python3 is missing: apt install python3"; exit 77; }
mkdir -p "$2"
here=$(dirname "$0")
parse=$(cat << 'END'
import csv, json, math, sys, xml.etree.ElementTree as xml
folder = sys.argv[1]
failures = 0

def expect(ok, what):
    global failures
    if not ok:
        print("FAIL", what)
        failures += 1

def no_constant(name):
    raise ValueError(name + " is no JSON")

name = ']]>"\'<&,\\\n\033[31m\x01\ufffd\ufffd %s \U0001f40d\ufffd\ufffd'
with open(folder + "/results.json", encoding="utf-8") as f:
    root = json.load(f, parse_constant=no_constant)
results = root["results"]
verdicts = ["FAIL", "PASS", "INCONCLUSIVE", "KINK", "CONTRACT", "CRASH", "FAIL", "INCONCLUSIVE"]
expect([r["verdict"] for r in results] == verdicts, "JSON: the verdicts in order")
expect(results[0]["name"] == name, "JSON: the hostile name comes back: " + ascii(results[0]["name"]))
w = results[0]["tensors"][0]
expect(w["wrong"] == 12 and len(w["wrong_elements"]) == 12 and w["shape"] == [7, 12], "JSON: wrong elements")
expect(w["worst"]["index"] == [6, 0] and w["worst"]["analytic"] == 2 * w["worst"]["numeric"], "JSON: every digit")
expect(results[6]["tensors"][0]["worst"]["analytic"] is None, "JSON: NaN is null")
expect([r["exit_code"] for r in results] == [1, 0, 2, 0, 3, 4, 1, 2], "JSON: exit codes")

suite = xml.parse(folder + "/results.xml").getroot()[0]
expect((suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("8", "5", "1"), "JUnit: counts")
expect(suite.get("name") == 'a "suite" <&>', "JUnit: the suite's name")
first = suite[0].get("name")
expect(first == ']]>"\'<&,\\\n\ufffd[31m\ufffd\ufffd\ufffd %s \U0001f40d\ufffd\ufffd', "JUnit: the hostile name: " + ascii(first))
inside = [[e.tag for e in case] for case in suite]
f = ["failure"]
expect(inside == [f, [], f, ["system-out"], f, ["error"], f, f], "JUnit: " + str(inside))
expect(suite[2][0].get("type") == "INCONCLUSIVE", "JUnit: inconclusive is a failure of its own type")
expect("worst    dW[6,0]" in suite[0][0].text, "JUnit: the text is inside")

with open(folder + "/results.csv", encoding="utf-8", newline="") as f:
    lines = f.read().splitlines()
rows = list(csv.DictReader(lines))
expect(len(rows) == 10 and all(None not in r and None not in r.values() for r in rows), "CSV: ten whole rows")
expect(rows[0]["problem"] == ']]>"\'<&,\\  [31m ?? %s \U0001f40d??', "CSV: the hostile name: " + ascii(rows[0]["problem"]))
expect(float(rows[0]["analytic"]) == 2 * float(rows[0]["numeric"]), "CSV: every digit")
expect(rows[0]["worst"] == "[6,0]" and rows[0]["shape"] == "7x12", "CSV: places")
expect(math.isnan(float(rows[7]["analytic"])) and rows[7]["error_bar"] == "inf", "CSV: NaN and infinity")
with open(folder + "/results.sarif", encoding="utf-8") as f:
    sarif = json.load(f, parse_constant=no_constant)
expect(sarif["version"] == "2.1.0" and "sarif-2.1.0" in sarif["$schema"] and len(sarif["runs"]) == 1, "SARIF: a log of one run")
driver, told = sarif["runs"][0]["tool"]["driver"], sarif["runs"][0]["results"]
kinds = {"FAIL": "error", "INCONCLUSIVE": "warning", "CONTRACT": "error", "CRASH": "error"}
expect([(t["ruleId"], t["level"]) for t in told] == [("gradcheck/" + v.lower(), kinds[v]) for v in verdicts if v in kinds],
       "SARIF: what did not pass, in order: " + str(told))
expect(all(driver["rules"][t["ruleIndex"]]["id"] == t["ruleId"] for t in told), "SARIF: the index of the rule")
expect(driver["name"] == "gradcheck" and all(r["shortDescription"]["text"] for r in driver["rules"]), "SARIF: rules explain themselves")
expect("worst    dW[6,0]" in told[0]["message"]["text"], "SARIF: the report is the message")
place = told[0]["locations"][0]["physicalLocation"]
expect(place == {"artifactLocation": {"uri": "a%20b/%C3%A4%25.c"}, "region": {"startLine": 7}}, "SARIF: the place: " + str(place))
uris = [t["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for t in told if "locations" in t]
expect(uris[1:] == ["file:///tmp/x.c"] and "region" not in told[1]["locations"][0]["physicalLocation"], "SARIF: no line: " + str(uris))
print("FAIL" if failures else "PASS", "JSON, JUnit, CSV and SARIF")
sys.exit(failures != 0)
END
)
"$1" "$2"
python3 -c "$parse" "$2"
python3 -B "$here/gc_report_schema.py" "$here/../gradcheck/report.schema.json" "$2/results.json"
if localedef -i de_DE -f UTF-8 "$2/de_DE.UTF-8" 2> /dev/null; then
    LOCPATH=$2 LC_ALL=de_DE.UTF-8 "$1" "$2"
    python3 -c "$parse" "$2"
fi
