# SPDX-License-Identifier: PostgreSQL
"""Each layer includes only those before it; the core knows nothing of the command line."""
import pathlib
import re
import sys

MAY_USE = {
    "bytes": {"bytes"},
    "codecs": {"bytes", "codecs"},
    "archive": {"bytes", "codecs", "sql", "archive"},
    "sql": {"bytes", "sql"},
    "rules": {"bytes", "codecs", "archive", "sql", "rules"},
    "check": {"bytes", "codecs", "archive", "sql", "rules", "check"},
    "pipeline": {"bytes", "codecs", "archive", "sql", "rules", "check", "pipeline"},
    "report": {"bytes", "codecs", "archive", "sql", "rules", "check", "pipeline", "report"},
    "plugins": {"bytes", "codecs", "archive", "sql", "rules", "plugins"},
    "cli": {"plugins", "bytes", "codecs", "archive", "sql", "rules", "check", "pipeline", "report", "cli"},
    "manual": {"bytes", "archive", "rules", "cli", "manual"},
}
LAYER_OF_PUBLIC_HEADER = {
    "export": "bytes", "bytes": "bytes", "error": "bytes", "files": "bytes", "wrapped": "codecs",
    "header": "archive", "toc": "archive", "toc_entry": "archive", "entry_kind": "archive", "archive": "archive", "archive_io": "archive",
    "finding": "archive",
    "sql": "sql", "splices": "bytes", "name_pattern": "rules", "tag_parts": "rules", "rule_registry": "rules",
    "rule": "rules", "rules": "rules", "targets": "rules", "consequences": "rules",
    "job": "pipeline", "filtering_sink": "pipeline", "boost_iostreams": "pipeline", "boost_devices": "bytes", "lost_rows": "report", "needs": "pipeline", "check": "check",
    "version": "bytes", "plugins": "plugins",
}
INCLUDE = re.compile(r'^#include ["<](?:(pgfilter)/(\w+)\.hpp|(\w+)/\w+\.hpp)[">]', re.MULTILINE)
# What the plan does to its entries is found, and added up, by src/report/ alone.
WALK = re.compile(r"\btoc(?:\(\))?(?:\.size\(\);|\.at\()|\bfind_(?:unhandled|redacted)\(", re.MULTILINE)
SYSTEM = re.compile(r"^#include <(iostream|cstdio|CLI/\S+)>", re.MULTILINE)


def check(path: pathlib.Path, layer: str) -> list[str]:
    text = path.read_text()
    faults = []
    for match in INCLUDE.finditer(text):
        used = LAYER_OF_PUBLIC_HEADER[match[2]] if match[1] else match[3]
        if used in MAY_USE and used not in MAY_USE[layer]:
            faults.append(f"{path}: {layer} uses {used}: {match[0]}")
    if layer == "cli":
        faults += [f"{path}: a report walks the plan by itself: {m[0]}" for m in WALK.finditer(text)]
    elif layer != "manual":
        faults += [f"{path}: {layer} prints or parses options: {m[0]}" for m in SYSTEM.finditer(text)]
    return faults


def unlicensed(root: pathlib.Path) -> list[str]:
    """Sources whose first line, after that for the shell, does not name the license."""
    faults, seen = [], 0
    for folder in ("src", "include", "tests", "fuzz", "samples", "scripts", "bench", "cmake"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".cpp", ".hpp", ".h", ".c", ".def", ".sh", ".py", ".cmake") or path.name == "CMakeLists.txt":
                lines = path.read_text().split("\n")
                first = lines[1] if lines[0].startswith("#!") else lines[0]
                seen += 1
                if not re.fullmatch(r"(//|#|/\*) SPDX-License-Identifier: PostgreSQL( \*/)?", first):
                    faults.append(f"{path}: its first line is no SPDX-License-Identifier")
    return faults if seen > 300 else [f"only {seen} sources were found"]


def main(root: pathlib.Path) -> int:
    faults, files = unlicensed(root), 0
    for path in sorted((root / "src").rglob("*.[ch]pp")):
        faults += check(path, path.relative_to(root / "src").parts[0])
        files += 1
    for path in sorted((root / "include/pgfilter").glob("*.hpp")):
        faults += check(path, LAYER_OF_PUBLIC_HEADER[path.stem])
        files += 1
    print("\n".join(faults + [f"{files} files, {len(faults)} faults"]))
    return 1 if faults or files < 20 else 0


sys.exit(main(pathlib.Path(sys.argv[1])))
