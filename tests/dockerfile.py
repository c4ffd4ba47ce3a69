#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Whether a Dockerfile is one: known instructions, stages that exist, files to copy that exist."""
import json
import re
import sys
from pathlib import Path

INSTRUCTIONS = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT", "CMD", "ENV", "ARG", "LABEL"}


def main(path: Path) -> None:
    text = re.sub(r"^#.*\n", "", path.read_text(), flags=re.MULTILINE)
    lines = [line for line in re.sub(r"\\\n\s*", "", text).split("\n") if line.strip()]
    stages: list[str] = []
    from_count = 0
    for line in lines:
        word, rest = line.split(maxsplit=1)
        assert word in INSTRUCTIONS, line
        assert from_count or word in ("FROM", "ARG"), f"before the first stage: {line}"
        if word == "FROM":
            from_count += 1
            stage = re.fullmatch(r"[\w./:-]+(?: AS ([a-z]+))?", rest)
            assert stage, line
            stages.append(stage[1] or "")
        elif word == "COPY":
            source = re.match(r"--from=(\w+) ", rest)
            if source:
                assert source[1] in stages[:-1], line
            else:
                for name in rest.split()[:-1]:
                    assert (path.parent.parent / name).exists(), line
        elif word == "ENTRYPOINT":
            assert isinstance(json.loads(rest), list), line
    assert from_count == 2 and lines[-1].startswith("ENTRYPOINT"), "two stages, and what to run at the end"


main(Path(sys.argv[1]))
