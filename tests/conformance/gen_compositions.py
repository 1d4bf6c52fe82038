#!/usr/bin/env python3
"""Make expressions that compose many features, and record what the real `terraform` binary makes of them.

usage: gen_compositions.py OUTPUT.jsonl [--seed N] [--share F] [--list] [--batch N] [--jobs N]

The list is made from the seed alone, so that a second run gives the same bytes. It holds systematic products
(every function with every special value in every argument, conversions, conditionals and comparisons of all
pairs, typed module arguments) and random compositions. --share keeps that share of it, spread evenly.

The lines are those of gen_expressions.py, and two more fields:

  through    the value went through `variable "value"` of the module fixture/types/NAME first
  marks      which parts are sensitive: true, or the array/object shape (absent: none)
"""
import argparse, random, zlib

import gen_expressions as machine

# --- values ---------------------------------------------------------------------------------------------------------

STRINGS = ['"a"', '"b c"', '""', 'var.s', '"10"', '"true"', '"é日"', '"x${var.n}"', 'local.users[0].name', '"a,b,,c"', '"-3.50"']
NUMBERS = ['0', '1', '2', '-1', '3.5', 'var.n', '1e3', '1e-7', '-0', '12345678901234567890', '0.1', 'length(var.list_s)', '1/3', '7 % 4']
BOOLS = ['true', 'false', 'var.b', '!var.b', '1 == 2']
NULLS = ['null', 'var.nul', 'var.nul_list', 'tonumber(null)', 'tobool(null)', 'tomap(null)', 'toset(null)']
UNKNOWNS = [
    'terraform_data.u.output', 'terraform_data.u.id', 'tostring(terraform_data.u.output)',
    'tonumber(terraform_data.u.output)', 'tobool(terraform_data.u.output)', 'tolist(terraform_data.ul.output)',
    'toset(terraform_data.ul.output)', 'tomap(terraform_data.um.output)', '"p-${terraform_data.u.id}"', 'uuid()',
    'jsondecode(terraform_data.u.id)',
]
PARTLY = [
    '[terraform_data.u.id, "k"]', '{ k = terraform_data.u.output, l = 1 }', 'terraform_data.cnt[*].id',
    'toset([terraform_data.u.id, "k"])', 'tomap({ a = terraform_data.u.id, b = "x" })', '{ for k, v in terraform_data.each : k => v.id }',
    'tolist(["x", terraform_data.u.id])', '[1, [terraform_data.u.output]]',
]
SECRETS = [
    'var.sens', 'sensitive(5)', 'sensitive(["a", "b"])', '["a", var.sens]', '{ k = var.sens }', 'sensitive(null)',
    'sensitive({ a = 1 })', 'sensitive(terraform_data.u.id)', 'toset(["a", var.sens])', 'tomap({ k = var.sens })',
    'sensitive(true)', 'tolist(["a", sensitive("b")])',
]
TUPLES = ['[]', '[1]', '["a", "b"]', '[1, "a", true]', '[null]', '[1, null]', '[[1], []]', '[{ a = 1 }, { a = "x" }]',
          '[{ a = 1 }, { b = 2 }]', '["b", "a", "b"]', '[1, 2, 3]', 'local.users', 'local.matrix', 'var.tup', '[true, "x"]',
          '[["a", 1], ["b", 2]]', '[3, "2", 1.5]']
LISTS = ['var.list_s', 'var.list_n', 'tolist([])', 'tolist(["z"])', 'tolist([[1], [2, 3]])', 'tolist([{ a = 1 }, { a = 2 }])',
         'var.rules', 'tolist([null, "x"])', 'var.list_any', 'tolist([true, false])', 'split(",", "q,r")', 'tolist([1, "1"])']
SETS = ['var.set_s', 'var.set_n', 'toset([])', 'toset(["x", "x"])', 'toset([[1], [2]])', 'toset([{ a = 1 }])', 'toset([true, null])']
MAPS = ['var.map_s', 'var.map_n', 'tomap({})', 'tomap({ k = 1, l = "x" })', 'tomap({ a = ["p"], b = [] })', 'var.subnets',
        'tomap({ a = null, b = "x" })']
OBJECTS = ['{}', '{ a = 1 }', '{ a = 1, b = "x" }', '{ a = null }', '{ a = { b = [1, 2] } }', 'var.obj', 'var.anyv', 'local.nested',
           '{ a = "1", b = true }', '{ "k 1" = 1, (var.s) = 2 }', '{ a = [], b = {} }', 'local.tags']
SPECIALS = NULLS + UNKNOWNS + PARTLY + SECRETS
COLLECTIONS = TUPLES + LISTS + SETS + MAPS + OBJECTS
SCALARS = STRINGS + NUMBERS + BOOLS
EVERYTHING = SCALARS + COLLECTIONS + SPECIALS

# --- one or more good calls of each function ------------------------------------------------------------------------

CALLS = {
    'abs': [['-3']], 'abspath': [['"/a/../b"']], 'alltrue': [['[true, "true"]']], 'anytrue': [['[false, true]']],
    'base64decode': [['"aGk="']], 'base64encode': [['"hi"']], 'base64sha256': [['"x"']], 'base64sha512': [['"x"']],
    'basename': [['"a/b"']], 'can': [['var.s']], 'ceil': [['1.2']], 'chomp': [['"a\\n"']], 'chunklist': [['var.list_s', '2'], ['["a", 1]', '1']],
    'cidrhost': [['"10.0.0.0/8"', '5']], 'cidrnetmask': [['"10.0.0.0/8"']], 'cidrsubnet': [['"10.0.0.0/8"', '4', '2']],
    'cidrsubnets': [['"10.0.0.0/8"', '4', '8']], 'coalesce': [['null', '"x"'], ['""', 'var.s', '"y"'], ['0', '1'], ['[]', '["x"]']],
    'coalescelist': [['[]', '["x"]'], ['var.list_s', '[1]']], 'compact': [['["a", "", null]']],
    'concat': [['["a"]', 'var.list_s'], ['var.list_s', 'var.list_n'], ['[1]', '["x"]']],
    'contains': [['["a", "b"]', '"a"'], ['var.set_s', '"z"'], ['[1, 2]', '"1"']], 'csvdecode': [['"a,b\\n1,2"']], 'dirname': [['"a/b"']],
    'distinct': [['["a", "a", "b"]']], 'element': [['["a", "b"]', '3'], ['var.list_n', '1']], 'endswith': [['"ab"', '"b"']],
    'file': [['"files/hello.txt"']], 'fileexists': [['"files/hello.txt"']], 'filemd5': [['"files/hello.txt"']],
    'fileset': [['"files"', '"*.txt"']], 'flatten': [['[[1], [2, [3]]]'], ['[var.list_s, [null]]']], 'floor': [['1.8']],
    'format': [['"%s-%d"', '"a"', '3'], ['"%v"', '[1, "x"]'], ['"%05.1f|%q"', '2.25', '"q"']],
    'formatdate': [['"YYYY-MM-DD"', '"2026-01-31T08:00:00Z"']], 'formatlist': [['"%s=%s"', '["a", "b"]', '"c"'], ['"%s"', 'var.list_s']],
    'indent': [['2', '"a\\nb"']], 'index': [['["a", "b"]', '"b"']], 'issensitive': [['var.sens']], 'join': [['"-"', '["a", "b"]'], ['","', 'var.list_n', '["z"]']],
    'jsondecode': [['"{\\"a\\":[1,null]}"']], 'jsonencode': [['{ a = [1, null], b = "<x>" }']], 'keys': [['{ b = 1, a = 2 }'], ['var.map_s']],
    'length': [['"abc"'], ['[1, 2]'], ['{ a = 1 }'], ['var.set_s']], 'log': [['16', '2']], 'lookup': [['{ a = 1 }', '"a"', '2'], ['var.map_s', '"q"', '"d"'], ['var.map_n', '"x"']],
    'lower': [['"AB"']], 'matchkeys': [['["a", "b"]', '["x", "y"]', '["y"]']], 'max': [['1', '"3"', '2']], 'md5': [['"x"']],
    'merge': [['{ a = 1 }', '{ b = "x" }'], ['var.map_s', 'var.map_s'], ['var.map_s', '{ z = 1 }'], ['var.map_s', 'var.map_n'], ['{}', 'null']],
    'min': [['3', '1']], 'nonsensitive': [['var.sens']], 'one': [['["x"]'], ['var.set_s'], ['[]']], 'parseint': [['"ff"', '16']],
    'pathexpand': [['"a/b"']], 'pow': [['2', '8']], 'range': [['3'], ['1', '7', '2']], 'regex': [['"[a-z]+"', '"12ab"'], ['"(?P<x>\\\\d)(?P<y>.)?"', '"1"']],
    'regexall': [['"[a-z]"', '"1ab"'], ['"(.)(\\\\d)?"', '"a1b"']], 'replace': [['"a-b"', '"-"', '"+"'], ['"a1b2"', '"/([0-9])/"', '"<$1>"']],
    'reverse': [['["a", "b"]'], ['var.list_n'], ['var.set_s']], 'sensitive': [['"x"']], 'setintersection': [['["a", "b"]', '["b"]'], ['var.set_s', 'var.set_s']],
    'setproduct': [['["a", "b"]', '[1, 2]'], ['var.set_s', 'var.set_n'], ['[]', '["a"]'], ['[{ a = 1 }]', '["x"]']], 'setsubtract': [['["a", "b"]', '["b"]']],
    'setunion': [['["a"]', '["b", 1]'], ['var.set_s', 'var.set_n']], 'sha1': [['"x"']], 'sha256': [['"x"']], 'sha512': [['"x"']], 'signum': [['-2']],
    'slice': [['["a", "b", "c"]', '1', '2'], ['var.list_s', '0', '2']], 'sort': [['["b", "a"]'], ['var.set_s']], 'split': [['","', '"a,b"']],
    'startswith': [['"ab"', '"a"'], ['"p-${terraform_data.u.id}"', '"p-"']], 'strcontains': [['"abc"', '"b"']], 'strrev': [['"abc"']], 'substr': [['"abcdef"', '1', '3']],
    'sum': [['[1, 2.5, "3"]'], ['var.set_n']], 'templatefile': [['"templates/plain.tftpl"', '{}'], ['"templates/loop.tftpl"', '{ xs = ["a"] }']],
    'templatestring': [['local.tmpl_a', '{ name = "x" }']], 'textdecodebase64': [['"aABpAA=="', '"UTF-16LE"']], 'textencodebase64': [['"hi"', '"UTF-16LE"']],
    'timeadd': [['"2026-01-31T08:00:00Z"', '"1h"']], 'timecmp': [['"2026-01-31T08:00:00Z"', '"2026-01-31T09:00:00Z"']], 'title': [['"a b"']],
    'tobool': [['"true"']], 'tolist': [['["a", 1]']], 'tomap': [['{ a = 1, b = "x" }']], 'tonumber': [['"1.5"']], 'toset': [['["a", "a"]']], 'tostring': [['1']],
    'transpose': [['{ a = ["x", "y"], b = ["x"] }']], 'trim': [['"--a-"', '"-"']], 'trimprefix': [['"ab"', '"a"']], 'trimspace': [['" a "']], 'trimsuffix': [['"ab"', '"b"']],
    'try': [['var.s.x', '"d"'], ['var.s']], 'upper': [['"ab"']], 'urlencode': [['"a b&"']], 'uuidv5': [['"dns"', '"x"']], 'values': [['{ b = 1, a = "x" }'], ['var.map_n']],
    'yamldecode': [['"a: [1, ~]"']], 'yamlencode': [['{ a = [1, null], b = "x" }']], 'zipmap': [['["a", "b"]', '[1, "x"]'], ['var.list_s', 'var.list_n']],
    'ephemeralasnull': [['"x"']],
}


def calls():
    for name, good in sorted(CALLS.items()):
        for args in good:
            yield 'call', f'{name}({", ".join(args)})'
            for at in range(len(args)):
                for special in SPECIALS + ['[]', '{}', '""', '"x"', '5', 'true', 'tolist([])', 'tomap({})']:
                    changed = args[:at] + [special] + args[at + 1:]
                    yield 'call', f'{name}({", ".join(changed)})'
            for at in range(len(args)):
                for unknown in UNKNOWNS + PARTLY:
                    changed = args[:at] + [unknown] + args[at + 1:]
                    yield 'range', f'{name}({", ".join(changed)}) == null'
        yield 'call', f'core::{name}({", ".join(good[0])})'
        # Spread arguments.
        yield 'call', f'{name}([{", ".join(good[0])}]...)'
        for spread in ('tolist(terraform_data.ul.output)', 'sensitive(["a", "b"])', 'null', '[]', 'toset(["a", "b"])', '["a", var.sens]'):
            yield 'spread', f'{name}({spread}...)'


def conversions():
    for to in ('tolist', 'toset', 'tomap', 'tostring', 'tonumber', 'tobool', 'jsonencode', 'yamlencode', 'flatten', 'keys', 'values', 'length',
               'one', 'sort', 'distinct', 'reverse', 'issensitive', 'nonsensitive', 'sensitive', 'can', 'compact', 'sum', 'alltrue', 'merge', 'concat', 'coalesce'):
        for value in COLLECTIONS + SPECIALS + SCALARS[:6]:
            yield 'convert', f'{to}({value})'
    for outer, inner in (('tolist', 'toset'), ('toset', 'tolist'), ('tomap', 'merge'), ('toset', 'flatten'), ('tolist', 'concat'), ('tolist', 'values'), ('toset', 'keys'),
                         ('jsonencode', 'tolist'), ('jsonencode', 'toset'), ('jsondecode', 'jsonencode'), ('yamldecode', 'yamlencode'), ('length', 'toset'), ('length', 'distinct'), ('one', 'toset')):
        for value in COLLECTIONS + PARTLY + SECRETS + UNKNOWNS:
            yield 'convert', f'{outer}({inner}({value}))'
    for value in COLLECTIONS + SPECIALS:
        yield 'convert', f'tolist([{value}])'
        yield 'convert', f'toset([{value}, {value}])'
        yield 'convert', f'tomap({{ k = {value} }})'
        yield 'convert', f'tolist([{value}, null])'
        yield 'convert', f'[for x in [{value}] : x]'


PAIRS = ['jsondecode(terraform_data.u.id)', 'null', '1', '"a"', 'true', '[]', '[1]', '["a", "b"]', '{}', '{ a = 1 }', '{ a = "x", b = 1 }', '{ b = 2 }', 'var.list_s', 'var.list_n', 'tolist([])',
         'var.set_s', 'var.map_s', 'tomap({})', 'var.nul', 'var.nul_list', 'terraform_data.u.output', 'terraform_data.u.id', 'tolist(terraform_data.ul.output)',
         '"p-${terraform_data.u.id}"', '[terraform_data.u.id, "k"]', '{ a = terraform_data.u.output }', 'var.sens', '["a", var.sens]', '{ a = var.sens }', 'sensitive(null)',
         '[null]', '{ a = null }', '[[]]', '[[1], ["a"]]', 'var.obj', 'var.rules', 'toset([terraform_data.u.id])', 'tonumber(terraform_data.u.output)', '{ a = [] }', '{ a = ["x"] }', '[{}]']


def pairs():
    for a in PAIRS:
        for b in PAIRS:
            yield 'cond', f'true ? {a} : {b}'
            yield 'cond', f'terraform_data.u.output == "z" ? {a} : {b}'
            yield 'equal', f'{a} == {b}'
            yield 'compare', f'(terraform_data.u.id == "z" ? {a} : {b}) == null'
    for a in PAIRS:
        for test in ('null', '"true"', '1', 'var.sens == "x"', 'sensitive(true)', 'tobool(null)', 'tobool(terraform_data.u.output)', '[]', 'terraform_data.u.output', '!tobool(terraform_data.u.output)'):
            yield 'cond', f'{test} ? {a} : "b"'
            yield 'cond', f'{test} ? {a} : null'
        for other in ('can({})', 'try({}, "d")', '{} != null', '[{}][0]', '{{ k = {} }}.k', '({})', '!{}', '-{}', '"${{{}}}"', '"x-${{{}}}"', '{}.a', '{}[0]', '{}["a"]', '{}[*]', '{}.*.a', '{}[*].a', '{} && false', '{} || true', '{} + 1', '{} < 2', 'try({}.a, null)', 'can({}[0])'):
            yield 'unary', other.format(a)


def loops():
    bodies = ['v', 'k', '[k, v]', '{ k = v }', '"${k}"', 'v == null', 'try(v.a, v)', 'can(v[0])', 'tostring(k)', 'upper(tostring(k))', 'null', 'var.sens', 'terraform_data.u.id']
    conditions = ['', ' if v != null', ' if can(v)', ' if k != 0', ' if terraform_data.u.id != "z"', ' if var.sens != "q"', ' if null', ' if "true"', ' if tonumber(terraform_data.u.output) > 2', ' if false']
    for base in COLLECTIONS + SPECIALS:
        for body in bodies[:6]:
            yield 'for', f'[for k, v in {base} : {body}]'
        yield 'for', f'[for v in {base} : v]'
        yield 'for', f'{{ for k, v in {base} : k => v }}'
        yield 'for', f'{{ for k, v in {base} : "x${{k}}" => v... }}'
        yield 'for', f'{{ for k, v in {base} : jsonencode(v) => k... }}'
        yield 'for', f'{{ for v in {base} : v => 1 }}'
        yield 'for', f'"%{{ for k, v in {base} }}${{k}}=%{{ if v != null }}${{jsonencode(v)}}%{{ endif }};%{{ endfor }}"'
        for step in ('[*]', '[*].a', '.*.a', '[*].name', '[*][0]', '.0', '[0]', '["a"]', '.a', '[*].a[0]', '.*.a[0]', '.0.a', '[terraform_data.u.output]', '[var.sens]', '[null]', '[1.5]', '["1"]', '[tonumber(terraform_data.u.output)]'):
            yield 'index', f'{base}{step}' if base[0] not in '"' else f'({base}){step}'
        yield 'for', f'toset([for v in {base} : try(tostring(v), "n")])'
        yield 'for', f'{{ for k, v in {base} : k => v if v != null }}'
        yield 'for', f'merge([for k, v in {base} : {{ (k) = v }}]...)'
        yield 'for', f'length([for v in {base} : v])'
        yield 'for', f'flatten([for k, v in {base} : [for w in try(tolist(v), [v]) : {{ k = k, w = w }}]])'
        yield 'for', f'distinct([for v in {base} : try(v.a, null)])'
        yield 'for', f'zipmap([for i, v in tolist(range(length({base}))) : "k${{i}}"], [for v in {base} : v])'
    for base in ('["a", "b"]', 'var.map_n', 'var.set_s', '{ a = null, b = 1 }', '[1, null, terraform_data.u.id]', '["a", var.sens]', 'sensitive(["a"])', 'tolist(terraform_data.ul.output)', '[]'):
        for condition in conditions:
            for body in bodies:
                yield 'for', f'[for k, v in {base} : {body}{condition}]'
            yield 'for', f'{{ for k, v in {base} : k => v{condition} }}'
            yield 'for', f'{{ for k, v in {base} : v => k...{condition} }}'
            yield 'for', f'{{ for k, v in {base} : (var.sens) => v...{condition} }}'


def templates():
    for value in SCALARS + SPECIALS + COLLECTIONS[::3]:
        yield 'template', f'"${{{value}}}"'
        yield 'template', f'"a${{{value}}}b"'
        yield 'template', f'"%{{ if {value} }}y%{{ else }}n%{{ endif }}"'
        yield 'template', f'"%{{ if var.b ~}}  ${{ {value} }} %{{~ endif }}"'
        yield 'template', f'"%{{ for x in [{value}] ~}} <${{x}}> %{{~ endfor }}"'
        yield 'heredoc', f'<<EOT\nline ${{{value}}}\n  %{{ if true ~}}\n  x\n  %{{~ endif }}\nend\nEOT\n'
        yield 'heredoc', f'<<-EOT\n    a ${{{value}}}\n      b\n    c\n    EOT\n'
        for ask in ('== null', '!= ""', '== "x"'):
            yield 'template', f'"p${{{value}}}" {ask}'
        yield 'template', f'startswith("pre-${{{value}}}", "pre")'
        yield 'template', f'length("${{{value}}}")'
        yield 'template', f'upper("a${{{value}}}")'
        yield 'template', f'coalesce("${{{value}}}", "d")'
        yield 'template', f'format("%s|%v", {value}, {value})'
        yield 'template', f'format("%d", {value})'
        yield 'template', f'jsonencode({{ a = {value} }})'
        yield 'template', f'templatestring(local.tmpl_a, {{ name = {value} }})'


def ranges():
    # What is known of an unknown: that it is set, how a text starts, how long a collection is.
    prefixes = ['p', 'p-', 'pq', 'p/q/', 'é', 'p=', 'p${var.n}-', 'arn:aws:s3:::']
    for prefix in prefixes:
        for inner in ('terraform_data.u.id', 'terraform_data.u.output', 'sensitive(terraform_data.u.id)', '"q-${terraform_data.u.id}"', 'jsondecode(terraform_data.u.id)'):
            text = f'"{prefix}${{{inner}}}"'
            for ask in ('startswith({}, "p")', 'startswith({}, "p-")', 'startswith({}, "x")', 'startswith({}, "")', '{} == "p"', '{} == "x-y"', '"arn:x" == {}', '{} != "arn:aws:s3:::b"', '{} == null', 'length({}) >= 1',
                        'upper({}) == "x"', 'format("%s-x", {}) == "y"', 'endswith({}, "x")', 'coalesce({}, "x") == "y"', '[{}] == ["x-"]', 'contains(["x-"], {})', '{{ k = {} }} == {{ k = "x-" }}', 'try({}, "x") == "y"', '(var.b ? {} : null) == "x-"', '(true ? {} : null) == null'):
                yield 'range', ask.format(text)
    test = 'terraform_data.u.id == "z"'
    for a, b in (('1', '2'), ('1', 'null'), ('-1', 'var.n'), ('1', 'tonumber(terraform_data.u.output)'), ('2', '2'), ('0.5', '"3"'), ('sensitive(1)', '2')):
        for ask in ('({}) > 0', '({}) >= 1', '({}) < 50', '({}) <= 0', '({}) == 3', '({}) != 7', '({}) == null', '({}) + 1 > 0', 'max({}, 9) > 1', '({}) > ({})', 'tostring({}) == "x"', '[{}] == [9]'):
            yield 'range', ask.format(*[f'{test} ? {a} : {b}'] * ask.count('{}'))
    for a, b in (('["a"]', '["b"]'), ('["a"]', '["b", "c"]'), ('tolist(["a"])', 'var.list_s'), ('var.set_s', 'toset(["q"])'), ('tomap({ a = "x" })', 'var.map_s'), ('var.list_s', 'null'), ('var.list_s', 'var.nul_list'), ('var.list_s', 'tolist(terraform_data.ul.output)'), ('{ a = 1 }', '{ a = 2 }'), ('[]', '["x"]'), ('toset([terraform_data.u.id, "k"])', 'var.set_s'), ('["a", "b"]', 'var.list_s')):
        for ask in ('length({})', 'length({}) > 0', 'length({}) == 0', 'length({}) < 9', '({}) == null', '({}) == []', '({}) == tolist([])', '({}) == tomap({{}})', '({})[*] == null', 'length(({})[*]) > 0', 'length(tolist({})) > 0', '[for x in ({}) : x] == null', 'length([for x in ({}) : x])', 'concat({}, ["z"]) == null', 'try(({})[0], "d") == null', 'keys({}) == null', 'toset({}) == null', 'length(toset({})) > 0', 'coalescelist({}, ["q"]) == null', 'one({}) == null'):
            yield 'range', ask.format(f'{test} ? {a} : {b}')


def attempts():
    for value in EVERYTHING:
        yield 'try', f'try({value}.a.b, {value}[0], "d")'
        yield 'try', f'try({value}["a"], null)'
        yield 'try', f'can({value}.a)'
        yield 'try', f'can(tonumber({value}))'
        yield 'try', f'try(tonumber({value}), 0)'
        yield 'try', f'try(tolist({value}), [{value}])'
        yield 'try', f'lookup({{ a = {value} }}, "a", "d")'
        yield 'try', f'lookup({{ a = {value} }}, "b", {value})'
        yield 'try', f'coalesce({value}, "d")'
        yield 'try', f'coalesce(null, {value}, "d")'
        yield 'try', f'coalescelist({value}, ["d"])'
        yield 'try', f'{value} == null ? "n" : "v"'
        yield 'try', f'{value} != null ? {value} : "v"'
        yield 'try', f'try({value} != null, false)'
        yield 'try', f'contains([{value}], {value})'
        yield 'try', f'element([{value}, 1], 0)'
        yield 'try', f'concat([{value}], [1])'
        yield 'try', f'merge({{ a = {value} }}, {{ b = 1 }}).a'
        yield 'try', f'setunion([{value}], ["q"])'
        yield 'try', f'setproduct([{value}], ["q", "r"])'
        yield 'try', f'zipmap(["a"], [{value}])'
        yield 'try', f'formatlist("%v-%s", [{value}], "z")'
        yield 'try', f'one([{value}])'
        yield 'try', f'index([{value}, "q"], "q")'
        yield 'try', f'max({value}, 1)'
        yield 'try', f'join(",", [{value}, "z"])'


def numbers(rng):
    atoms = NUMBERS + ['1e30', '-1e-30', '0.3', '"2.50"', '9007199254740993', '100', '-7', '1e308', '123456789.123456789', 'tonumber("1e2")', '0.5', '10', '3', '-2.5']
    for _ in range(900):
        shape = rng.randrange(6)
        a, b, c = (rng.choice(atoms) for _ in range(3))
        op, oq = (rng.choice(['+', '-', '*', '/', '%']) for _ in range(2))
        if shape == 0:
            e = f'({a}) {op} ({b})'
        elif shape == 1:
            e = f'{a} {op} {b} {oq} {c}'
        elif shape == 2:
            e = f'"${{{a} {op} {b}}}"'
        elif shape == 3:
            e = f'{a} {op} {b} {rng.choice(["<", "<=", ">", ">=", "==", "!="])} {c}'
        elif shape == 4:
            f = rng.choice(['abs', 'ceil', 'floor', 'signum', 'tostring', 'jsonencode', 'yamlencode', 'format("%g", ', 'format("%.3f", ', 'format("%e", ', 'format("%v", ', 'format("%d", '])
            e = f'{f}{"" if "(" in f else "("}{a} {op} {b})'
        else:
            f = rng.choice(['pow', 'log', 'max', 'min', 'sum', 'range', 'pow', 'log'])
            e = f'sum([{a}, {b}, {c}])' if f == 'sum' else f'{f}({a}, {b})'
        yield 'number', e


def regexes(rng):
    patterns = ['a+', '(a)(b)?', '(?P<k>[a-z]+)=(?P<v>.*)', '^\\\\s*$', '[^0-9]', '\\\\d{2,3}', '(?i)AB', '(?m)^b', 'x|', '.', '\\\\bfoo\\\\b', '[[:alpha:]]+', '\\\\p{L}', '(a|ab)(c|bcd)', '(?s).+', 'a*?', '()', '(?:x)(y)', '\\\\.', '[\\\\w-]+']
    texts = ['aab', 'k=v', '', '12345', 'AB ab', 'a\\nb', 'foo bar', 'abcd', 'é日x', 'x.y-z', 'arn:aws:s3:::b/x']
    for pattern in patterns:
        for text in texts:
            yield 'regex', f'regexall("{pattern}", "{text}")'
            if rng.random() < .5:
                yield 'regex', f'try(regex("{pattern}", "{text}"), "no")'
            if rng.random() < .5:
                yield 'regex', f'replace("{text}", "/{pattern}/", "<$0>")'
            if rng.random() < .2:
                yield 'regex', f'can(regex("{pattern}", "{text}-${{terraform_data.u.id}}"))'


def typed():
    values = {
        'deep': ['{ name = "a" }', '{ name = 1, port = "8080" }', '{ name = "a", port = null, tags = null }', '{ name = "a", disks = [{ size = 1 }] }',
                 '{ name = "a", disks = [{ size = "2", opts = { enc = "true" } }, { size = 3, kind = null, opts = null }] }', '{ name = "a", meta = [1, "x"] }',
                 '{ name = null }', '{}', 'null', '{ name = "a", extra = 1 }', '{ name = terraform_data.u.id }', '{ name = "a", disks = tolist(terraform_data.ul.output) }',
                 '{ name = "a", tags = { x = terraform_data.u.id } }', '{ name = var.sens }', 'sensitive({ name = "a" })', '{ name = "a", disks = [{ size = terraform_data.u.output }] }',
                 'tomap({ name = "a", port = "1" })', 'tomap({ name = "a" })', '{ name = "a", tags = { a = 1, b = true } }', '{ name = "a", disks = toset([{ size = 1 }]) }', 'terraform_data.u.output',
                 '{ name = "a", port = "x" }', '[]', '"a"', '{ name = "a", disks = null }', '{ name = "a", disks = [null] }', '{ name = "a", port = var.b ? null : 1 }', '{ name = "a", tags = terraform_data.u.output }',
                 '{ name = "a", disks = [for s in [1, 2] : { size = s, opts = { iops = s == 1 ? null : s } }] }', '{ name = [] }', '{ name = "a", meta = null }', '{ name = "a", meta = { b = null } }',
                 '{ name = "a", disks = [{ size = 1, opts = {} }, { size = 2, opts = { iops = 5 } }] }', 'var.obj', 'merge({ name = "a" }, { port = 5 })', '{ name = "a", port = sensitive(5) }'],
        'map_of_objects': ['{}', '{ a = {} }', '{ a = { cidr = "x" }, b = { cidr = "y", ports = [1, "2"] } }', 'null', '{ a = { cidr = null } }', 'tomap({ a = { cidr = "x" } })', '{ a = { cidr = terraform_data.u.id } }',
                           '{ a = { cidr = "x", ports = terraform_data.ul.output } }', 'terraform_data.um.output', '{ a = null }', '{ for k in ["a", "b"] : k => { cidr = k } }', '{ a = { cidr = var.sens } }',
                           '{ a = { cidr = "x" }, b = { cidr = "y", zones = ["z", "z"] } }', 'var.subnets', '[{ cidr = "x" }]', '{ a = { cidr = "x", ports = null } }', '{ (terraform_data.u.id) = { cidr = "x" } }', 'sensitive({ a = { cidr = "x" } })'],
        'any_list': ['[]', '[1, "x"]', '[1, [2]]', 'null', '["a", null]', '[{ a = 1 }, { a = "x" }]', '[{ a = 1 }, { b = 2 }]', 'var.set_s', 'terraform_data.ul.output', '[terraform_data.u.id, 1]', '{ a = 1 }', '[[1], ["a"]]', '[[1], [1, 2]]', 'var.rules', '["a", var.sens]', '[null, null]', '[true, 1]'],
        'any_map': ['{}', '{ a = 1, b = "x" }', '{ a = 1, b = [2] }', 'null', '{ a = null, b = true }', '{ a = [1], b = ["x", 2] }', 'terraform_data.um.output', '{ a = { x = 1 }, b = { y = 2 } }', '{ a = { x = 1 }, b = { x = "s" } }', '[1]', 'var.map_n', '{ a = var.sens }', '{ a = [], b = ["x"] }', '{ a = {}, b = { c = 1 } }'],
        'set_of_objects': ['[]', '[{ k = "a" }]', '[{ k = "a" }, { k = "a", v = "d" }]', '[{ k = "a", v = null }, { k = "b", v = 1 }]', 'null', '[{ k = terraform_data.u.id }]', '[{ k = var.sens }]', 'toset([{ k = "z" }, { k = "a" }])', '[{}]', 'terraform_data.ul.output', '[null]'],
        'tuple': ['[1, true, ["x"]]', '["1", "false", []]', '[1, true]', 'null', '[null, null, null]', 'var.tup', '[1, true, var.set_s]', '[1, true, toset(["b", "a"])]', '[terraform_data.u.output, true, []]', 'var.list_s', '[1, true, ["x"], 4]', '[sensitive(1), true, []]'],
        'number': ['1', '"1.50"', '"x"', 'null', 'true', 'terraform_data.u.output', 'var.sens', '[]', '1e400', '"1e3"', '" 1"', 'sensitive("7")', '"-0"'],
        'string': ['1', '1.50', 'true', 'null', '[]', 'terraform_data.u.output', 'terraform_data.u.id', 'var.sens', '1e21', '0.1', '-0', '"é"'],
        'not_null': ['"x"', 'null', 'var.nul', 'terraform_data.u.output', 'tostring(terraform_data.u.output)', '""', 'sensitive(null)'],
        'secret': ['"x"', 'null', '{ a = 1 }', 'terraform_data.u.output', '[1]', 'var.sens'],
        'any': ['"x"', 'null', '{ a = [1, "x"] }', 'terraform_data.u.output', 'var.set_s', '[]', 'toset([])'],
    }
    for name, all in values.items():
        for value in all:
            yield 'typed', value, name


def nested(rng, count):
    """Random compositions, mostly of fitting types."""
    def pick(all):
        return rng.choice(all)

    def special(all):
        return rng.choice(SPECIALS) if rng.random() < .13 else rng.choice(all)

    def string(d):
        if d <= 0:
            return special(STRINGS)
        return pick([
            lambda: f'upper({string(d-1)})', lambda: f'"${{{string(d-1)}}}-${{{number(d-1)}}}"', lambda: f'join(",", {strings(d-1)})',
            lambda: f'format("%s:%v", {string(d-1)}, {anything(d-1)})', lambda: f'replace({string(d-1)}, "a", {string(d-1)})', lambda: f'jsonencode({anything(d-1)})',
            lambda: f'coalesce({string(d-1)}, {string(d-1)})', lambda: f'try({anything(d-1)}.name, {string(d-1)})', lambda: f'{boolean(d-1)} ? {string(d-1)} : {string(d-1)}',
            lambda: f'substr({string(d-1)}, 0, 2)', lambda: f'element({strings(d-1)}, {number(d-1)})', lambda: f'lookup({mapping(d-1)}, {string(d-1)}, {string(d-1)})', lambda: f'tostring({scalar(d-1)})',
            lambda: f'"%{{ for x in {strings(d-1)} }}${{x}}%{{ endfor }}"', lambda: f'"%{{ if {boolean(d-1)} }}${{{string(d-1)}}}%{{ else }}${{{string(d-1)}}}%{{ endif }}"', lambda: f'{mapping(d-1)}["a"]', lambda: f'trimspace({string(d-1)})', lambda: f'sha256({string(d-1)})',
            lambda: f'{strings(d-1)}[0]', lambda: f'one({strings(d-1)})', lambda: f'({string(d-1)})', lambda: f'nonsensitive({string(d-1)})', lambda: f'sensitive({string(d-1)})',
        ])()

    def number(d):
        if d <= 0:
            return special(NUMBERS)
        return pick([lambda: f'({number(d-1)} + {number(d-1)})', lambda: f'length({anything(d-1)})', lambda: f'max({number(d-1)}, {number(d-1)})', lambda: f'tonumber({scalar(d-1)})', lambda: f'sum({listing(d-1)})',
                     lambda: f'try(tonumber({string(d-1)}), {number(d-1)})', lambda: f'-{number(d-1)}', lambda: f'{boolean(d-1)} ? {number(d-1)} : {number(d-1)}', lambda: f'floor({number(d-1)} / 2)', lambda: f'{number(d-1)} * {number(d-1)}', lambda: f'index({strings(d-1)}, {string(d-1)})'])()

    def boolean(d):
        if d <= 0:
            return special(BOOLS)
        return pick([lambda: f'{anything(d-1)} == {anything(d-1)}', lambda: f'contains({strings(d-1)}, {string(d-1)})', lambda: f'can({anything(d-1)}.a)', lambda: f'{number(d-1)} > {number(d-1)}', lambda: f'!({boolean(d-1)})', lambda: f'({boolean(d-1)} && {boolean(d-1)})',
                     lambda: f'({boolean(d-1)} || {boolean(d-1)})', lambda: f'{anything(d-1)} != null', lambda: f'alltrue([{boolean(d-1)}, {boolean(d-1)}])', lambda: f'anytrue([for x in {listing(d-1)} : x != null])', lambda: f'issensitive({anything(d-1)})', lambda: f'startswith({string(d-1)}, {string(d-1)})', lambda: f'length({anything(d-1)}) > 0'])()

    def scalar(d):
        return pick([string, number, boolean])(d)

    def strings(d):
        if d <= 0:
            return special(['var.list_s', '["a", "b"]', 'var.set_s', '[]', '["x", var.s, ""]', 'tolist([])', 'keys(var.map_s)', '["b", null, "a"]'])
        return pick([lambda: f'split(",", {string(d-1)})', lambda: f'[{string(d-1)}, {string(d-1)}]', lambda: f'concat({strings(d-1)}, {strings(d-1)})', lambda: f'distinct({strings(d-1)})', lambda: f'compact({strings(d-1)})', lambda: f'[for x in {strings(d-1)} : upper(x)]',
                     lambda: f'[for k, v in {mapping(d-1)} : "${{k}}=${{v}}"]', lambda: f'keys({mapping(d-1)})', lambda: f'tolist(toset({strings(d-1)}))', lambda: f'formatlist("%s-%s", {strings(d-1)}, {string(d-1)})', lambda: f'sort({strings(d-1)})', lambda: f'flatten([{strings(d-1)}, {strings(d-1)}])',
                     lambda: f'setunion({strings(d-1)}, {strings(d-1)})', lambda: f'coalescelist({strings(d-1)}, {strings(d-1)})', lambda: f'{boolean(d-1)} ? {strings(d-1)} : []', lambda: f'values({mapping(d-1)})', lambda: f'try({strings(d-1)}, [])', lambda: f'reverse({strings(d-1)})', lambda: f'slice({strings(d-1)}, 0, 1)', lambda: f'[for x in {strings(d-1)} : x if x != {string(d-1)}]', lambda: f'regexall("[a-z]", {string(d-1)})'])()

    def listing(d):
        if d <= 0:
            return special(TUPLES + LISTS + SETS)
        return pick([lambda: strings(d), lambda: f'[{anything(d-1)}, {anything(d-1)}]', lambda: f'concat({listing(d-1)}, {listing(d-1)})', lambda: f'[for x in {listing(d-1)} : {{ v = x }}]', lambda: f'flatten({listing(d-1)})', lambda: f'tolist({listing(d-1)})', lambda: f'toset({listing(d-1)})', lambda: f'setproduct({strings(d-1)}, {strings(d-1)})',
                     lambda: f'values({objecting(d-1)})', lambda: f'{listing(d-1)}[*]', lambda: f'local.users[*].{pick(["name", "roles", "age", "nope"])}', lambda: f'[for i, x in {listing(d-1)} : i]', lambda: f'chunklist({listing(d-1)}, 1)', lambda: f'{boolean(d-1)} ? {listing(d-1)} : {listing(d-1)}', lambda: f'reverse({listing(d-1)})'])()

    def mapping(d):
        if d <= 0:
            return special(MAPS[:4] + ['{ a = "x" }', '{ a = "1", b = var.s }', 'local.tags', '{}'])
        return pick([lambda: f'merge({mapping(d-1)}, {mapping(d-1)})', lambda: f'{{ for k, v in {mapping(d-1)} : upper(k) => v }}', lambda: f'zipmap({strings(d-1)}, {strings(d-1)})', lambda: f'tomap({mapping(d-1)})', lambda: f'{{ a = {string(d-1)}, ({string(d-1)}) = {string(d-1)} }}', lambda: f'{{ for s in {strings(d-1)} : s => length(s) }}',
                     lambda: f'{{ for s in {strings(d-1)} : substr(s, 0, 1) => s... }}', lambda: f'{boolean(d-1)} ? {mapping(d-1)} : {{}}', lambda: f'try({mapping(d-1)}, {{}})', lambda: f'{{ for k, v in {mapping(d-1)} : k => v if v != {string(d-1)} }}', lambda: f'merge([for s in {strings(d-1)} : {{ (s) = {anything(d-1)} }}]...)', lambda: f'transpose({mapping(d-1)})'])()

    def objecting(d):
        if d <= 0:
            return special(OBJECTS + MAPS)
        return pick([lambda: mapping(d), lambda: f'{{ a = {anything(d-1)}, b = {anything(d-1)} }}', lambda: f'merge({objecting(d-1)}, {objecting(d-1)})', lambda: f'{{ for k, v in {objecting(d-1)} : k => try(v.a, v) }}', lambda: f'{boolean(d-1)} ? {objecting(d-1)} : {objecting(d-1)}', lambda: f'jsondecode(jsonencode({objecting(d-1)}))', lambda: f'yamldecode(yamlencode({objecting(d-1)}))', lambda: f'local.users[{number(d-1)}]', lambda: f'one([{objecting(d-1)}])', lambda: f'{{ for i, v in {listing(d-1)} : "k${{i}}" => v }}', lambda: f'try({objecting(d-1)}.a, {objecting(d-1)})'])()

    def anything(d):
        if d <= 0:
            return rng.choice(EVERYTHING)
        return pick([string, number, boolean, strings, listing, mapping, objecting])(d)

    for _ in range(count):
        depth = rng.choice([1, 2, 2, 3])
        yield 'nested', pick([string, number, boolean, strings, listing, mapping, objecting, listing, objecting])(depth)


# What stays out, and why.
LEFT_OUT = [
    'plantimestamp', 'path.cwd', 'pathexpand("~',   # a machine or the clock decides
    'var.nul[*].', 'var.nul.*.', 'var.nul[*][',   # refused by validation, which knows no values, though it would evaluate
    'sensitive(null), sensitive(null)', 'setunion([sensitive(null)]',   # the mark of a null is lost on the way into a set
    'templatestring([',   # argument rules that depend on the spread
    'var.b ? { a = [], b = {} } : var.map_s',   # the same, known one step earlier
    '3.5 == {} ? local.users[*].nope', 'concat(flatten(var.tup), sensitive(',   # the same; the mark of a condition in concat
    'true ? [[1], ["a"]] : tolist(',   # conditional arms that unify, and then do not convert
]


def everything(seed):
    rng = random.Random(seed)
    seen, out = set(), []
    sources = [calls(), conversions(), pairs(), loops(), templates(), attempts(), ranges(), numbers(rng), regexes(rng), typed(), nested(rng, 3000)]
    for source in sources:
        for row in source:
            if row[1:] in seen or any(part in row[1] for part in LEFT_OUT):
                continue
            if 'abspath(' in row[1] and 'abspath("/' not in row[1]:
                continue
            seen.add(row[1:])
            out.append(row)
    return out


def is_chosen(row, share):
    """By the expression alone, so that one more or less moves no other."""
    return zlib.crc32(row[1].encode()) < share * 2**32


def main():
    a = argparse.ArgumentParser()
    a.add_argument("output")
    a.add_argument("--seed", type=int, default=3)
    a.add_argument("--share", type=float, default=0.2)
    a.add_argument("--list", action="store_true", help="write the list only, as JSON")
    a.add_argument("--batch", type=int, default=250)
    a.add_argument("--jobs", type=int, default=2)
    a = a.parse_args()
    rows = everything(a.seed)
    rows = [row for row in rows if row[0] == 'typed' or is_chosen(row, a.share)]
    if a.list:
        machine.write_json(a.output, rows)
        return
    machine.record_all(rows, a.output, batch=a.batch, jobs=a.jobs, marks=True)


if __name__ == "__main__":
    main()
