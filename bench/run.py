#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Compares pgfilter with programs that everyone has, in one run, as ratios.

    bench/run.py [PGFILTER [MEBIBYTES]]         default: build/release/pgfilter 1024

Needs hyperfine, GNU time and pg_restore.  A ratio is pgfilter's time divided by the other program's: below 1 is faster.
Pipelines are measured twice, on all cores and on one: on idle cores much of a pipeline's time is the waking of its
processes, which says little about the programs; on one core it is the work that they do.
"""
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
KIB = 1024


def measure(commands: list[str], folder: str, prepare: str = "true") -> list[float]:
    """The median seconds of each command."""
    result = pathlib.Path(folder, "result.json")
    subprocess.run(["hyperfine", "--style", "none", "--warmup", "1", "--runs", "9", "--prepare", prepare,
                    "--export-json", str(result), *commands], check=True,
                   stderr=subprocess.DEVNULL)
    return [run["median"] for run in json.loads(result.read_text())["results"]]


def peak_memory(command: list[str], folder: str) -> int:
    """In bytes, of one process.  Through GNU time, which is small: a child's own figure starts with its parent's."""
    result = pathlib.Path(folder, "peak")
    subprocess.run(["time", "-f", "%M", "-o", str(result), *command], stdout=subprocess.DEVNULL, check=True)
    return int(result.read_text()) * KIB


def row(what: str, other: str, ours: float, theirs: float) -> None:
    print(f"| {what} | {other} | {ours:.3f} s | {theirs:.3f} s | {ours / theirs:.2f} |")


def compare_pipes(program: str, file: str, label: str, folder: str) -> None:
    filters = ["cat", program, f"{program} -O -x"]
    for where, prefix in (("", ""), (", one core", "taskset -c 0 ")):
        pipes = [f"cat {file} | {f} | cat > /dev/null" for f in filters]
        commands = [f"{prefix}bash -o pipefail -c {shlex.quote(pipe)}" for pipe in pipes]
        cat, identity, rewrite = measure(commands, folder)
        row(f"pipe, {label}{where}, no rules", "cat", identity, cat)
        row(f"pipe, {label}{where}, -O -x", "cat", rewrite, cat)


def compare_files(program: str, file: str, folder: str) -> None:
    out = shlex.quote(f"{folder}/out")
    commands = [f"cp {file} {out}", f"{program} --no-sync -f {out} {file}", f"{program} --no-sync -O -x -f {out} {file}"]
    cp, identity, rewrite = measure(commands, folder, prepare=f"rm -f {out}")
    row("file to file, no rules", "cp", identity, cp)
    row("file to file, -O -x", "cp", rewrite, cp)


# Of every family, and such that most entries stay.
MANY_RULES = ("-O --no-tablespaces --no-table-access-method --map-role app=web --drop-role nobody --map-tablespace a=b "
              "--exclude-table 'nothing*' --exclude-table-data 'nothing*' --exclude-extension 'nothing*' --no-kind CAST "
              "-N nothing --repair --no-create --no-large-objects --no-security-labels --no-publications "
              "--no-subscriptions --no-event-triggers --no-statistics --no-extension-comments")


def compare_toc(program: str, file: str, folder: str) -> None:
    commands = [f"pg_restore -l {file} > /dev/null", f"{program} {file} > /dev/null", f"{program} -O -x {file} > /dev/null",
                f"{program} -O --map-role app=web --map-role reader=guest {file} > /dev/null",
                f"{program} -q {MANY_RULES} {file} > /dev/null"]
    listing, identity, strip, rename, many = measure(commands, folder)
    row("TOC of 100,000 entries, no rules", "pg_restore -l", identity, listing)
    row("TOC of 100,000 entries, -O -x", "pg_restore -l", strip, listing)
    row("TOC of 100,000 entries, -O --map-role twice", "pg_restore -l", rename, listing)
    row("TOC of 100,000 entries, twenty rules", "pg_restore -l", many, listing)
    row("TOC of 100,000 entries, twenty rules", "no rules", many, identity)


def compare_every_rule(program: str, file: str, folder: str) -> None:
    """Against none, the ways the program is used."""
    rules = f"-q -R {shlex.quote(str(HERE / 'every.rules'))}"
    out = shlex.quote(f"{folder}/out")
    none, every = measure([f"{program} {words} --no-sync -f {out} {file}" for words in ("", rules)], folder)
    row("TOC of 100,000 entries, every rule, file to file", "no rules", every, none)
    pipes = [f"cat {file} | {program} {words} | cat > /dev/null" for words in ("", rules)]
    none, every = measure([f"bash -o pipefail -c {shlex.quote(pipe)}" for pipe in pipes], folder)
    row("TOC of 100,000 entries, every rule, pipe", "no rules", every, none)


def compare_check(program: str, files: dict[str, str]) -> None:
    """Against the only other program that reads all the data."""
    for kind in ("gzip", "rows"):
        file = files[kind]
        for what, source in (("file", file), ("pipe", "")):
            feed = "" if source else f"cat {file} | "
            commands = [f"{feed}{reader} {source} > /dev/null" for reader in ("pg_restore -f -", f"{program} --check")]
            restore, check = measure(commands, os.path.dirname(file))
            row(f"--check, {kind}, {what}", "pg_restore -f -", check, restore)


def show_memory(program: str, toc: str, data: str, folder: str) -> None:
    print("\n| peak memory | TOC bytes | peak bytes | allowed: 8 MiB + 2.5 x TOC |\n|---|---:|---:|---:|")
    cases = [(toc, ["-O", "-x"]), (toc, []), (toc, ["--map-role", "app=web", "--no-tablespaces"]), (data, ["-O"])]
    for file, rules in cases:
        toc_bytes = os.path.getsize(file) if file == toc else 20_000
        peak = peak_memory([program, "-q", *rules, file], folder)
        label = ("100,000 entries " if file == toc else "large data ") + " ".join(rules)
        print(f"| {label} | {toc_bytes:,} | {peak:,} | {8 * KIB * KIB + 2.5 * toc_bytes:,.0f} |")


def check_tools(program: str) -> None:
    for tool in ("hyperfine", "time", "taskset", "pg_restore", program):
        if not shutil.which(tool):
            sys.exit(f"bench: {tool} is missing; see the groups build and bench in debian-packages.txt")
    subprocess.run([program, "--version"], stdout=subprocess.DEVNULL, check=True)


def main() -> None:
    program = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else HERE.parent / "build/release/pgfilter")
    check_tools(program)
    mebibytes = sys.argv[2] if len(sys.argv) > 2 else "1024"
    with tempfile.TemporaryDirectory() as folder:
        files = {kind: f"{folder}/{kind}.dump" for kind in ("chunks", "rows", "gzip", "toc")}
        for kind, name in files.items():
            size = "100000" if kind == "toc" else mebibytes
            subprocess.run([sys.executable, HERE / "make_archive.py", kind, size, name], check=True)
        quoted = shlex.quote(program)
        print(f"{mebibytes} MiB of data; medians of 9 runs\n\n| what | against | pgfilter | other | ratio |\n|---|---|---:|---:|---:|")
        compare_pipes(quoted, files["chunks"], "chunks of 4 KiB", folder)
        compare_pipes(quoted, files["rows"], "chunks of one row", folder)
        compare_files(quoted, files["chunks"], folder)
        compare_check(quoted, files)
        compare_toc(quoted, files["toc"], folder)
        compare_every_rule(quoted, files["toc"], folder)
        show_memory(program, files["toc"], files["chunks"], folder)


main()
