"""The worked examples of docs/arithmetic.md: fenced blocks with the info string `toml example` or `toml pending`."""

import re
import tomllib

from .evaluate import RULES, expected, same

BLOCK = re.compile(r"^```toml (example|pending)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROSE_ONLY = {"R28": "no arithmetic", "R29": "prose"}


def check(page):
    """Runs every block; gives the lines of the report and whether all is well."""
    lines, seen, bad = [], {}, 0
    for kind, block in BLOCK.findall(page):
        example = tomllib.loads(block)
        found = expected(example)
        names = [name for name in example if name in found]
        wrong = [name for name in names if not same(found[name], example[name])]
        if not names:
            wrong = ["(it states no result)"]
        seen.setdefault(example["rule"], 0)
        seen[example["rule"]] += 1
        bad += bool(wrong)
        for name in wrong:
            lines.append(f"{example['rule']} ({kind}): {name} = {example.get(name)}, the rule gives {found.get(name)}")
    for number in re.findall(r"^\*\*(R\d+)\.", page, re.MULTILINE):
        if number not in seen and number not in PROSE_ONLY:
            bad += 1
            lines.append(f"{number}: no example")
    lines.append(f"{sum(seen.values())} examples of {len(seen)} rules, {bad} wrong")
    return lines, bad == 0 and len(seen) > 0




assert not set(PROSE_ONLY) & set(RULES)
