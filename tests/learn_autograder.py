"""learn_autograder.py - files for autograders against their documented formats, written down here independently of what writes
them: `results FILE` (gradescope-autograders.readthedocs.io, "Output format"), `workflow FILE` (a GitHub workflow with
education/autograding-command-grader and -grading-reporter, by their action.yml). Ends with 77 where YAML cannot be read."""
import json
import sys

VISIBILITY = {"hidden", "after_due_date", "after_published", "visible"}
FORMAT = {"text", "html", "simple_format", "md", "ansi"}
number = (int, float)
TEST = {"score": number, "max_score": number, "status": {"passed", "failed"}, "name": str, "name_format": FORMAT, "number": str,
        "output": str, "output_format": FORMAT, "tags": list, "visibility": VISIBILITY, "extra_data": dict}
RESULTS = {"score": number, "execution_time": number, "output": str, "output_format": FORMAT, "test_output_format": FORMAT,
           "test_name_format": FORMAT, "visibility": VISIBILITY, "stdout_visibility": VISIBILITY, "extra_data": dict,
           "tests": list, "leaderboard": list}


def fits(where, value, fields):
    for key, is_value in value.items():
        assert key in fields, f"{where}: there is no field {key}"
        kind = fields[key]
        right = is_value in kind if isinstance(kind, set) else isinstance(is_value, kind) and not isinstance(is_value, bool)
        assert right, f"{where}: {key} is {is_value!r}"


def results(path):
    with open(path, encoding="utf-8") as f:
        all_of_it = json.load(f)
    fits("results.json", all_of_it, RESULTS)
    assert "score" in all_of_it or all("score" in test for test in all_of_it["tests"]), "no score"
    for test in all_of_it["tests"]:
        fits(f"test {test.get('number')}", test, TEST)
        assert 0 <= test["score"] <= test["max_score"] and test["max_score"] > 0, f"{test['number']}: points {test['score']}"
        assert (test["score"] > 0) == (test["status"] == "passed"), f"{test['number']}: points of what failed"
    for test in all_of_it["tests"]:
        print(test["number"], test["status"], test["output"].replace("\n", ";"))


INPUTS = {"test-name", "setup-command", "command", "timeout", "max-score"}


def workflow(path):
    try:
        import yaml
    except ImportError:
        sys.exit(77)
    with open(path, encoding="utf-8") as f:
        flow = yaml.safe_load(f)
    assert set(flow) <= {"name", "on", "permissions", "jobs"} and "push" in flow["on"], flow.keys()
    assert flow["permissions"] == {"checks": "write", "actions": "read", "contents": "read"}, flow["permissions"]
    (job,) = flow["jobs"].values()
    steps = job["steps"]
    assert steps[0]["uses"].startswith("actions/checkout@"), steps[0]
    graders = [s for s in steps if s.get("uses", "").startswith("education/autograding-command-grader@")]
    for step in graders:
        assert set(step["with"]) <= INPUTS and {"test-name", "command"} <= set(step["with"]), step
        assert 0 < step["with"]["timeout"] <= 360 and step["with"]["max-score"] > 0, step
        assert step["id"][0].isalpha() and step["id"].replace("-", "").replace("_", "").isalnum(), step
    reporter = steps[-1]
    assert reporter["uses"].startswith("education/autograding-grading-reporter@"), reporter
    assert reporter["with"] == {"runners": ",".join(s["id"] for s in graders)}, reporter
    assert reporter["env"] == {s["id"].upper() + "_RESULTS": "${{steps." + s["id"] + ".outputs.result}}" for s in graders}, reporter
    assert len({s["id"] for s in graders}) == len(graders), "two steps have one id"
    for step in graders:
        print(step["with"]["command"])


{"results": results, "workflow": workflow}[sys.argv[1]](sys.argv[2])
