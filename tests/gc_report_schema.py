"""gc_report_schema.py SCHEMA RESULTS.json ... - does the JSON keep to its schema? Knows the words of JSON Schema that the schema
uses, and refuses a schema with others. Then it breaks each file in many places: each must be noticed."""
import copy
import json
import sys

WORDS = {"$schema", "title", "description", "$defs", "$ref", "type", "const", "enum", "anyOf", "required", "additionalProperties",
         "properties", "items", "minimum", "maximum", "maxItems"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def has_type(value, name):
    if name in ("number", "integer"):
        return not isinstance(value, bool) and isinstance(value, int if name == "integer" else (int, float))
    return isinstance(value, TYPES[name])


def errors(schema, value, root, at="$"):
    """What of the value the schema forbids, as sentences."""
    assert set(schema) <= WORDS, f"unknown words in the schema: {set(schema) - WORDS}"
    if "$ref" in schema:
        target = root
        for part in schema["$ref"][2:].split("/"):
            target = target[part]
        yield from errors(target, value, root, at)
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(has_type(value, t) for t in types):
        yield f"{at} is no {' or '.join(types)}"
        return
    if "const" in schema and value != schema["const"] or "enum" in schema and value not in schema["enum"]:
        yield f"{at} has no legal value: {value!r}"
    if "anyOf" in schema and all(any(True for _ in errors(s, value, root, at)) for s in schema["anyOf"]):
        yield f"{at} is none of what is allowed"
    if "minimum" in schema and value < schema["minimum"] or "maximum" in schema and value > schema["maximum"]:
        yield f"{at} is out of range: {value}"
    if isinstance(value, list):
        if len(value) > schema.get("maxItems", len(value)):
            yield f"{at} has {len(value)} items"
        for i, item in enumerate(value):
            yield from errors(schema.get("items", {}), item, root, f"{at}[{i}]")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                yield f"{at} has no {name}"
        for name, item in value.items():
            if name in properties:
                yield from errors(properties[name], item, root, f"{at}.{name}")
            elif schema.get("additionalProperties", True) is False:
                yield f"{at}.{name} is not in the schema"


def break_it(value):
    """Copies of the value, each with one place spoilt: a key missing, a key too many, a value of another type."""
    places = []

    def walk(node, path):
        for key in node if isinstance(node, dict) else range(len(node)):
            places.append(path + [key])
            if isinstance(node[key], (dict, list)):
                walk(node[key], path + [key])

    walk(value, [])
    for path in places[:: max(1, len(places) // 200)]:
        for how in ("remove", "add", "retype"):
            broken = copy.deepcopy(value)
            node = broken
            for key in path[:-1]:
                node = node[key]
            if how == "remove" and isinstance(node, dict):
                del node[path[-1]]
            elif how == "add" and isinstance(node, dict):
                node["surplus"] = 1
            else:
                node[path[-1]] = {"no": "type"}
            yield path, how, broken


with open(sys.argv[1], encoding="utf-8") as f:
    schema = json.load(f)
for name in sys.argv[2:]:
    with open(name, encoding="utf-8") as f:
        value = json.load(f)
    found = list(errors(schema, value, schema))
    for sentence in found[:5]:
        print(f"FAIL {name}: {sentence}")
    if found:
        sys.exit(1)
    tried = 0
    for path, how, broken in break_it(value):
        tried += 1
        if not any(True for _ in errors(schema, broken, schema)):
            print(f"FAIL {name}: {how} at {path} is not noticed")
            sys.exit(1)
    print(f"{name} keeps to the schema; {tried} spoilt copies do not")
