#!/usr/bin/env python3
"""Writes the expected values of spec/ from the numbered rules of docs/arithmetic.md.

    python3 spec/generate.py             rewrite every file
    python3 spec/generate.py --check     change nothing; fail, with a summary, where a file differs
    python3 spec/generate.py --examples  hold the worked examples of docs/arithmetic.md to the rules

Python 3.11 or later, nothing but its standard library, and no line shared with another implementation.
"""

import difflib
import sys
import tomllib
from pathlib import Path

from generator import (
    conv_cases,
    elementwise_cases,
    embedding_cases,
    examples,
    norm_cases,
    op_cases,
    pool_cases,
    quantizer_cases,
    recurrent_cases,
    rule_cases,
    shape_cases,
    window_cases,
)

SPEC = Path(__file__).resolve().parent
PAGE = SPEC.parent / "docs" / "arithmetic.md"


def files():
    """Relative path -> contents."""
    made = {}
    for cases in (
        rule_cases,
        window_cases,
        op_cases,
        conv_cases,
        pool_cases,
        elementwise_cases,
        norm_cases,
        embedding_cases,
        shape_cases,
        recurrent_cases,
        quantizer_cases,
    ):
        made |= cases.files()
    for text in made.values():
        tomllib.loads(text)
    return made


def check(made):
    """Names every difference; true if there is none."""
    found = {str(path.relative_to(SPEC)) for path in SPEC.rglob("*.toml")}
    # Frozen, and written by nobody any more.
    found = {path for path in found if not path.startswith("models/")}
    clean = True
    for path in sorted(found | set(made)):
        if path not in made:
            print(f"{path}: not written by this script")
        elif path not in found:
            print(f"{path}: missing")
        else:
            old = (SPEC / path).read_text(encoding="utf-8")
            if old == made[path]:
                continue
            changes = list(difflib.unified_diff(old.splitlines(), made[path].splitlines(), "committed", "rules", lineterm="", n=0))
            print(f"{path}: {sum(line[0] in '+-' for line in changes[2:])} lines differ, the first of them:")
            print("\n".join(f"    {line[:150]}" for line in changes[2:8]))
        clean = False
    print(f"{len(made)} files, {sum(map(len, made.values()))} bytes" + (" as committed" if clean else ""))
    return clean


def main(arguments):
    if arguments == ["--examples"]:
        lines, clean = examples.check(PAGE.read_text(encoding="utf-8"))
        print("\n".join(lines))
        return clean
    if arguments == ["--check"]:
        return check(files())
    if arguments:
        print(__doc__)
        return False
    for path, text in files().items():
        (SPEC / path).parent.mkdir(exist_ok=True)
        (SPEC / path).write_text(text, encoding="utf-8")
    return True


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
